/** True only for the same type: assignable both ways is not enough, `any` is. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `true`: `expectType<Same<Infer<typeof user>, User>>()`. */
export function expectType<_Claim extends true>(): void {}
