import { useConnectionState } from '@betterbase/react';
import { useEffect, useState } from 'react';

/** Shorter breaks are nobody's business. */
const patience = 700;

export function ConnectionBanner() {
  const { isConnected, hasEverConnected } = useConnectionState();
  const isLong = useIsLong(!isConnected);

  return (
    <div className="banner" role="status" hidden={!isLong}>
      {isLong && (
        <>
          <span className="banner-pulse" aria-hidden="true" />
          {hasEverConnected ? (
            <span>
              <strong>Reconnecting…</strong> What you write will be sent when the connection is back.
            </span>
          ) : (
            <span>
              <strong>Connecting…</strong> Is the backend running?
            </span>
          )}
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
