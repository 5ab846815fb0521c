import { isBetterBaseError } from '@betterbase/core';
import { expect, test } from 'vitest';
import { checkConnectionString, httpAddress } from './database-address.ts';

test.each([
  ['libsql://chat-me.turso.io', 'https://chat-me.turso.io'],
  ['wss://chat-me.turso.io/', 'https://chat-me.turso.io/'],
  ['https://db.example.com:8443/v2', 'https://db.example.com:8443/v2'],
])('%s is reached at %s', (given, address) => {
  expect(httpAddress(given, false)).toBe(address);
});

test('a developer’s own machine is reached under `bb dev` only', () => {
  expect(httpAddress('http://127.0.0.1:8080', true)).toBe('http://127.0.0.1:8080/');
  expect(httpAddress('ws://localhost:8080', true)).toBe('http://localhost:8080/');
  expect(() => checkConnectionString('postgresql://me:pw@localhost:5432/db', true)).not.toThrow();

  expect(refusal(() => httpAddress('http://127.0.0.1:8080', false))).toContain('begin with https://');
  expect(refusal(() => httpAddress('https://localhost', false))).toContain('on this machine');
  expect(refusal(() => checkConnectionString('postgresql://me:pw@localhost:5432/db', false))).toContain('on this machine');
});

test.each([
  ['no address', 'chat-me.turso.io', 'is not a URL'],
  ['another protocol', 'ftp://chat-me.turso.io', 'begins with ftp://'],
  ['plain HTTP', 'http://chat-me.turso.io', 'must begin with https://'],
  ['a number', 'libsql://169.254.169.254', 'is an address'],
  ['a number in disguise', 'libsql://0x7f.1', 'is on this machine'],
  ['a private name', 'libsql://db.internal', 'private network'],
  ['a token in the address', 'libsql://chat-me.turso.io?authToken=secret', 'has parameters'],
  ['a switch that turns TLS off', 'libsql://chat-me.turso.io?tls=0', 'has parameters'],
  ['a password', 'libsql://me:secret@chat-me.turso.io', 'name or password'],
])('an address with %s is refused', (_, url, problem) => {
  expect(refusal(() => httpAddress(url, false))).toContain(problem);
  expect(refusal(() => httpAddress(url, false))).not.toContain('secret');
});

test.each([
  ['of MySQL', 'mysql://me:secret@db.example.com/x', 'is no connection string'],
  ['that is none', 'ep-x.neon.tech', 'is no connection string'],
  ['to a number', 'postgres://me:secret@10.0.0.1/x', 'is an address'],
  ['to a private name', 'postgres://me:secret@db.internal/x', 'private network'],
  ['without a host', 'postgres:///x', 'is not a URL'],
])('a connection string %s is refused, and not repeated', (_, text, problem) => {
  expect(refusal(() => checkConnectionString(text, false))).toContain(problem);
  expect(refusal(() => checkConnectionString(text, false))).not.toContain('secret');
});

test('a connection string as Neon gives it is taken', () => {
  expect(() => checkConnectionString('postgresql://me:pw@ep-x-123.us-east-2.aws.neon.tech/db?sslmode=require', false)).not.toThrow();
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (isBetterBaseError(thrown) && thrown.code === 'provider/bad-address') return `${thrown.message} ${thrown.hint}`;
    throw thrown;
  }
  throw new Error('It was taken.');
}
