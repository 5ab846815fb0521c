import { useConnectionState } from '@betterbase/react';
import { useEffect, useState } from 'react';
import { sayError } from '../say-error';

/** Shorter breaks are nobody's business. */
const patience = 700;

export function ConnectionBanner() {
  const { phase, isConnected, hasEverConnected, error } = useConnectionState();
  const isLong = useIsLong(!isConnected);

  return (
    <div className="banner" role="status" hidden={!isLong}>
      {isLong && phase === 'stopped' && (
        <span>
          <strong>Disconnected.</strong> {sayError(error)}
        </span>
      )}
      {isLong && phase !== 'stopped' && (
        <>
          <span className="banner-pulse" aria-hidden="true" />
          <span>
            <strong>{hasEverConnected ? 'Reconnecting…' : 'Connecting…'}</strong>{' '}
            {hasEverConnected ? 'What you write will be sent when the connection is back.' : 'Is the backend running?'}
          </span>
        </>
      )}
    </div>
  );
}

function useIsLong(isNow: boolean): boolean {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    if (!isNow) return setIsLong(false);
    const timer = setTimeout(() => setIsLong(true), patience);
    return () => clearTimeout(timer);
  }, [isNow]);
  return isLong;
}
