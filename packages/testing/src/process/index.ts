/** For tests that run in Node and start other programs. Not part of the package's main door, which also opens inside workerd. */
export * from './free-port.ts';
export * from './program.ts';
