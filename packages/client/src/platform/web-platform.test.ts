// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { webPlatform } from './web-platform.ts';

test('a page that is online again, or looked at again, wakes the client until it stops listening', () => {
  let wakes = 0;
  const stop = webPlatform.onWake(() => {
    wakes += 1;
  });
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  expect(wakes).toBe(2);

  stop();
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  expect(wakes).toBe(2);
});

test('a page that goes out of sight does not wake it', () => {
  let wakes = 0;
  const stop = webPlatform.onWake(() => {
    wakes += 1;
  });
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
  stop();

  expect(wakes).toBe(0);
});
