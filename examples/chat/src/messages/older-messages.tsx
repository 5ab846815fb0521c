import { type RefObject, useEffect, useRef } from 'react';
import type { Older } from './use-messages';

/** Loads what is older when the reader comes near it, or presses. */
export function OlderMessages({ box, older: { state, load } }: { readonly box: RefObject<HTMLElement | null>; readonly older: Older }) {
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (button.current === null || state !== 'there') return;
    const nearness = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && load(), {
      root: box.current,
      rootMargin: '300px 0px 0px 0px',
    });
    nearness.observe(button.current);
    return () => nearness.disconnect();
  }, [box, state, load]);

  if (state === 'none') return null;
  return (
    <button ref={button} className="button older-messages" type="button" onClick={load} aria-disabled={state === 'loading'}>
      {state === 'loading' ? 'Loading older messages…' : 'Older messages'}
    </button>
  );
}
