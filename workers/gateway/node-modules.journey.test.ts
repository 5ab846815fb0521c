import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleApp } from '@betterbase/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const module = `'use node';
import { createHash, randomBytes } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'events';
import fs from 'fs';
import http from 'node:http';
import * as path from 'node:path';
import { promisify } from 'util';
import { action, mutation, query } from '@betterbase/core';

class Bell extends EventEmitter {}
class Agent extends http.Agent {}
const later = promisify((text, done) => done(null, text));
const digest = (text) => createHash('sha256').update(Buffer.from(text)).digest('hex');

export const inAction = action({ args: {}, handler: async () => {
  fs.writeFileSync('/tmp/note.txt', 'written');
  return { digest: digest('a'), bytes: randomBytes(4).length, file: fs.readFileSync('/tmp/note.txt', 'utf8'), agent: new Agent() instanceof http.Agent, env: process.env.NODE_ENV };
} });
export const pure = query({ args: {}, handler: async () => {
  let rung = '';
  new Bell().on('ring', () => {}).once('ring', (who) => { rung = who; }).emit('ring', 'door');
  return { digest: digest('a'), base: path.basename('/x/y.txt'), rung, later: await later('now') };
} });
export const chance = query({ args: {}, handler: async () => randomBytes(4).length });
export const files = mutation({ args: {}, handler: async () => fs.readFileSync('/etc/hosts', 'utf8') });
`;

let platform: LocalPlatform;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, '.node-app-'));
  await mkdir(join(folder, 'betterbase'));
  await writeFile(join(folder, 'betterbase/node.ts'), module);
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1' } });
  await platform.deploy('app', (await bundleApp(folder)).app);
});

afterAll(async () => {
  await platform.stop();
  await rm(folder, { recursive: true });
});

const digest = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

test('an action has the modules of Node', async () => {
  const { body } = await platform.post('/p/app/api/action', { path: 'node:inAction', args: {} });
  expect(body).toMatchObject({ value: { digest, bytes: 4, file: 'written', agent: true, env: 'production' } });
});

test('a query has those that depend on their arguments alone', async () => {
  const { body } = await platform.post('/p/app/api/query', { path: 'node:pure', args: {} });
  expect(body).toMatchObject({ value: { digest, base: 'y.txt', rung: 'door', later: 'now' } });
});

test.each([
  ['query', 'node:chance', 'node:crypto.randomBytes'],
  ['mutation', 'node:files', 'node:fs'],
])('a %s that uses another is told which', async (kind, path, name) => {
  const { body } = await platform.post(`/p/app/api/${kind}`, { path, args: {} });
  expect(body).toMatchObject({ status: 'error', code: 'function/not-allowed-here', errorMessage: expect.stringContaining(name) });
});
