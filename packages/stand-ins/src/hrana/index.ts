export { type HranaOptions, type HranaServer, startHrana } from './hrana-server.ts';
