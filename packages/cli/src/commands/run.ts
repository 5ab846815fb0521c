import { resolve } from 'node:path';
import { BetterBaseError, decodeValue, encodeValue, isAppError, type EncodedValue, type ErrorCode } from '@betterbase/core';
import { AdminClient } from '../admin/admin-client.ts';
import { isRecord } from '../json/is-record.ts';
import { parseJson } from '../json/parse-json.ts';
import { exitCodeFor } from '../terminal/exit-code.ts';
import { type Failure, printFailure, toFailure } from '../terminal/error-report.ts';
import { findTarget, type Target, type TargetFlags } from '../workspace/target.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface RunOptions extends TargetFlags {
  readonly path: string;
  readonly args: string;
  readonly app: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

export async function runFunction(options: RunOptions, context: CommandContext): CommandResult {
  const args = parseArgs(options.args);
  const target = await findTarget(resolve(context.cwd, options.app), options, context.env);
  return options.watch === true ? watchQuery(target, args, options, context) : runOnce(target, args, options, context);
}

async function runOnce(
  target: Target,
  args: EncodedValue,
  { path, json = false }: RunOptions,
  { terminal }: CommandContext,
): CommandResult {
  const outcome = await new AdminClient(target).run(path, args);
  if (outcome.ok) {
    terminal.line(json ? JSON.stringify(outcome) : JSON.stringify(outcome.value, null, 2));
    return 0;
  }
  return fail(outcome.error, outcome.error.code, { terminal, json });
}

/** Goes on until somebody ends it. */
async function watchQuery(
  target: Target,
  args: EncodedValue,
  { path, json = false }: RunOptions,
  { terminal }: CommandContext,
): CommandResult {
  const { createClient } = await import('@betterbase/client');
  const client = createClient({ url: `${target.url}/p/${target.project}`, key: target.key, name: 'bb' });
  return new Promise((end) => {
    const show = (value: unknown): void => {
      const encoded = encodeValue(value);
      terminal.line(json ? JSON.stringify({ ok: true, value: encoded }) : JSON.stringify(encoded, null, 2));
    };
    const stop = (code: number): void => {
      client.close();
      end(code);
    };
    client.watch(path, toRecord(args), show, (error) => {
      const failure = isAppError(error)
        ? { code: 'function/app-error' as const, message: error.message, data: encodeValue(error.data) }
        : toFailure(error);
      stop(fail(failure, isAppError(error) ? 'function/app-error' : error.code, { terminal, json }));
    });
    process.once('SIGINT', () => stop(0));
    process.once('SIGTERM', () => stop(0));
  });
}

function fail(
  failure: Failure,
  code: ErrorCode,
  { terminal, json }: Pick<CommandContext, 'terminal'> & { readonly json: boolean },
): number {
  printFailure(failure, terminal, json);
  return exitCodeFor(code);
}

function parseArgs(text: string): Record<string, EncodedValue> {
  const args = parseJson(text);
  if (isEncodedObject(args)) return args;
  throw new BetterBaseError('usage/bad-option', `The arguments are no JSON object: ${text}`, {
    hint: `Put them in single quotes, like '{"text":"Hello"}'.`,
  });
}

/** All that JSON can say is an encoded value as far as types go; the server looks closer. */
function isEncodedObject(value: unknown): value is Record<string, EncodedValue> {
  return isRecord(value);
}

function toRecord(args: EncodedValue): Record<string, unknown> {
  const decoded: unknown = decodeValue(args);
  return isRecord(decoded) ? decoded : {};
}
