import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Seeded, seeds } from '@betterbase/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KillablePlatform } from './test/killable-platform.ts';
import { killRounds } from './test/kill-rounds.ts';
import { testApp } from './test/test-app.ts';

const rounds = 50;

let state = '';
let platform: KillablePlatform;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-soak-'));
  platform = new KillablePlatform(state);
  await platform.start();
  expect((await platform.deploy('app', testApp)).status).toBe(201);
}, 60_000);
afterAll(async () => {
  await platform.kill();
  await rm(state, { recursive: true, force: true });
});

test.each(seeds(1))(`${rounds} kills at random moments lose nothing and repeat nothing (seed %i)`, async (seed) => {
  const random = new Seeded(seed);
  const pauses = Array.from({ length: rounds }, () => 20 + random.below(600));

  expect(await killRounds(platform, `soak-${seed}`, pauses)).toBeGreaterThan(rounds);
});
