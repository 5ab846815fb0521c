/** What `convex/server` and `convex/values` are in a bundle. */
import * as language from '@betterbase/core/runtime';

export const convexNamespace = 'betterbase-convex';

/** Names that libraries import although they are used as types only. */
const typesOnly = ['SearchFilter', 'FilterExpression'];

/** Every name that the runtime has, by name: so that the bundler says where a name is imported that it has not. */
export const convexModule = [
  `export { ${Object.keys(language).join(', ')} } from '@betterbase/core/runtime';`,
  ...typesOnly.map((name) => `export class ${name} {}`),
].join('\n');
