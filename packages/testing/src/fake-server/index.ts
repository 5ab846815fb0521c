/** Servers and a place to run, for tests of clients. */
export { drainMicrotasks, FakeClock } from './fake-clock.ts';
export { FakePlatform, type FakePlatformParts } from './fake-platform.ts';
export { FakeSocket, type SocketPeer } from './fake-socket.ts';
export { ModelJournal, type ModelPage, modelPage } from './model-pages.ts';
export { type Execution, ModelServer, type ModelServerParts } from './model-server.ts';
export { ScriptedServer } from './scripted-server.ts';
