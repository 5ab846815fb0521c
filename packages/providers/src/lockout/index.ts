export { addressGroup } from './address-group.ts';
export { attemptsTable, type LockoutRule } from './attempt-statements.ts';
export { d1Runner } from './d1-runner.ts';
export { type Attempt, codeRules, Lockout, type LockoutParts, type LockoutRules, signInRules } from './lockout.ts';
