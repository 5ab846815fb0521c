import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Keeps what is being read where it is when older things appear above it. Browsers do this by themselves, but not all of
 * them, and not at the very top.
 *
 * @param oldest changes when there is something older at the start.
 */
export function useKeepPlace(box: RefObject<HTMLElement | null>, oldest: string | undefined) {
  const height = useRef(0);
  const shown = useRef(oldest);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (shown.current !== undefined && shown.current !== oldest)
      element.scrollBy({ top: element.scrollHeight - height.current, behavior: 'instant' });
    shown.current = oldest;
    height.current = element.scrollHeight;
  }, [box, oldest]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const sizes = new ResizeObserver(() => {
      height.current = element.scrollHeight;
    });
    for (const child of element.children) sizes.observe(child);
    return () => sizes.disconnect();
  }, [box]);
}
