export { claimsSetting, helperSchema, helperStatements } from './helper-functions.ts';
export {
  installStatements,
  type NativePolicies,
  type NativePolicy,
  nativePolicies,
  ownMark,
  removeStatements,
} from './policy-statements.ts';
