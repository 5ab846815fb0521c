export { claimsSetting, helperSchema, helperStatements } from './helper-functions.ts';
export type { NativeGrant, NativeRole } from './native-roles.ts';
export {
  installStatements,
  type NativePolicies,
  type NativePolicy,
  nativePolicies,
  ownMark,
  removeStatements,
} from './policy-statements.ts';
