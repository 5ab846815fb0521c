/**
 * What `Date`, `fetch` and the others mean in the code of an app that is compiled into the Worker, where it shares an isolate
 * with the platform: inside a query or mutation the guest's, elsewhere the real ones. The app's build resolves the names here.
 */
import { guestGlobals, saveHostGlobals } from '@betterbase/engine';
import { hostScope } from './host-scope.ts';

const guest = guestGlobals(hostScope, saveHostGlobals(hostScope), 'shared');

const GuestDate = guest['Date'];
const GuestMath = guest['Math'];
const {
  fetch,
  setTimeout,
  setInterval,
  setImmediate,
  crypto,
  performance,
  console,
  WebSocket,
  EventSource,
  XMLHttpRequest,
  MessageChannel,
  caches,
  scheduler,
} = guest;
export {
  GuestDate as Date,
  GuestMath as Math,
  fetch,
  setTimeout,
  setInterval,
  setImmediate,
  crypto,
  performance,
  console,
  WebSocket,
  EventSource,
  XMLHttpRequest,
  MessageChannel,
  caches,
  scheduler,
};
