/** What callers write: a reference or a path, and arguments; and what they get: the type that the reference promises. */
import {
  type AnyValue,
  BetterBaseError,
  type EncodedValue,
  encodeToJson,
  type FunctionArgs,
  type FunctionKind,
  type FunctionReference,
  type FunctionReturnType,
  getFunctionName,
  type OptionalArgs,
  type OptimisticStore,
} from '@betterbase/core';
import { maxFrameBytes } from '@betterbase/protocol';

/** `api.queries.todos.list`, or its path as text: then arguments and result are not checked by the compiler. */
export type FunctionLike<Kind extends FunctionKind> = FunctionReference<Kind, 'public'> | string;

export type ArgsOf<Ref> = Ref extends FunctionReference ? FunctionArgs<Ref> : Readonly<Record<string, AnyValue>>;
/** The argument object as rest parameters: left out where every field may be. */
export type RestArgs<Ref> = Ref extends FunctionReference ? OptionalArgs<Ref> : [args?: ArgsOf<Ref>];
export type ResultOf<Ref> = Ref extends FunctionReference ? FunctionReturnType<Ref> : AnyValue;

/** Changes what queries show until the mutation's real result is there. Runs again whenever their truth changes. */
export type OptimisticUpdate<Ref> = (store: OptimisticStore, args: ArgsOf<Ref>) => void;

/** @throws BetterBaseError `function/bad-path` */
export function pathOf(ref: FunctionReference | string): string {
  // Without a colon a text may mean one of two functions; which of them exists only the server knows.
  return typeof ref === 'string' && !ref.includes(':') ? ref : getFunctionName(ref);
}

/**
 * The arguments as they are now: what the caller does to its object later changes nothing.
 *
 * @throws BetterBaseError `value/unsupported`, `arguments/too-large`
 */
export function encodeArgs(path: string, args: unknown): EncodedValue {
  const text = encodeToJson(args ?? {}, 'args');
  // One UTF-16 unit is at most three bytes of UTF-8; what surrounds the arguments in a frame fits in the slack.
  if (text.length * 3 + slack > maxFrameBytes) {
    throw new BetterBaseError(
      'arguments/too-large',
      `The arguments of "${path}" are too large to be sent: ${text.length} characters of JSON.`,
      {
        hint: 'Split them, or upload large things as files.',
      },
    );
  }
  return parseEncoded(text);
}

/** Text that `encodeToJson` made is an encoded value. */
function parseEncoded(text: string): EncodedValue {
  return JSON.parse(text) as EncodedValue;
}

const slack = 4096;

/** The one place where a result gets the type that its reference promises: the server has validated it. */
export function asPromised<Result>(value: unknown): Result {
  return value as Result;
}
