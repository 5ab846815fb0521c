import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** This near counts as being there: fingers and sub-pixels are not exact. */
const near = 48;

/**
 * Keeps a scrolling box at its end while the reader is there, and leaves it alone once they scroll away.
 *
 * @param newest changes when there is something new at the end. `isOurs`: we wrote it, so we want to see it.
 */
export function useStickToBottom(box: RefObject<HTMLElement | null>, newest: string | undefined, isOurs: boolean) {
  const isStuck = useRef(true);
  const [isAtBottom, setIsAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    isStuck.current = true;
    setIsAtBottom(true);
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [box]);

  useLayoutEffect(() => {
    if (newest !== undefined && (isStuck.current || isOurs)) toBottom();
  }, [newest, isOurs, toBottom]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onScroll = () => {
      isStuck.current = element.scrollHeight - element.scrollTop - element.clientHeight < near;
      setIsAtBottom(isStuck.current);
    };
    // The box shrinks when the composer grows or a keyboard opens; its content grows when a message is edited.
    const sizes = new ResizeObserver(() => isStuck.current && element.scrollTo({ top: element.scrollHeight }));
    sizes.observe(element);
    for (const child of element.children) sizes.observe(child);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [box]);

  return { isAtBottom, toBottom };
}
