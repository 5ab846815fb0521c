export { type NeonOptions, type NeonServer, startNeon } from './neon-server.ts';
