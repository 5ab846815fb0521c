/** For tests that run in Node and drive a browser. Not part of the package's main door, which also opens inside workerd. */
export * from './launch-browser.ts';
