import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { findApp } from '../../workspace/app-folder.ts';
import type { CommandContext, CommandResult } from '../command.ts';

const client = `import { createClient } from '@betterbase/client/users';

/** Signs people in: \`client.auth.signUp(email, password)\`, \`client.auth.signIn(email, password)\`, \`client.auth.signOut()\`. */
export const client = createClient({ url: import.meta.env.VITE_BETTERBASE_URL });
`;

const me = `import { query } from '../_generated/server';

/** Who is calling, as the table of users knows them; null: nobody is signed in. */
export const get = query({
  args: {},
  handler: async ({ auth, db }) => {
    const id = auth.userId;
    return id === null ? null : await db.query('users').withIndex('by_auth_user', (q) => q.eq('id', id)).unique();
  },
});
`;

/** Writes what is not there; changes the schema where it can be sure of what it changes. */
export async function setup(folder: string, { cwd, terminal }: CommandContext): CommandResult {
  const app = await findApp(resolve(cwd, folder));
  const done: string[] = [];
  const schemaPath = join(app.source, 'schema.ts');
  const schema = await readFile(schemaPath, 'utf8').catch(
    () => "import { defineSchema } from '@betterbase/core';\n\nexport default defineSchema({\n});\n",
  );
  const changed = withUsers(schema);
  if (changed !== schema) {
    await writeFile(schemaPath, changed);
    done.push(`gave ${relative(app.root, schemaPath)} the table \`users\``);
  }
  for (const [path, text] of [
    [join(app.source, 'queries/me.ts'), me],
    [join(app.root, 'src/client.ts'), client],
  ] as const) {
    await mkdir(dirname(path), { recursive: true });
    const isNew = await writeFile(path, text, { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    done.push(isNew ? `wrote ${relative(app.root, path)}` : `left ${relative(app.root, path)} as it is`);
  }
  for (const line of done) terminal.line(`${terminal.colors.green('✔')} ${line}`);
  terminal.line('Users sign up with e-mail and password. `bb auth set` and `bb auth add-provider` add other ways.');
  return 0;
}

/** @throws BetterBaseError `usage/bad-option` for a schema that is written in a way of its own */
function withUsers(schema: string): string {
  if (/\busersTable\b/.test(schema)) return schema;
  const found = /defineSchema\(\s*\{/.exec(schema);
  const imports = /import\s*\{([^}]*)\}\s*from\s*'@betterbase\/core'/.exec(schema);
  if (found === null || imports === null || /^\s*users\s*:/m.test(schema))
    throw new BetterBaseError('usage/bad-option', 'The schema is written in a way that this command does not change.', {
      hint: 'Add it yourself: `import { usersTable } from "@betterbase/core"` and `users: usersTable` in defineSchema. A table `users` of your own needs another name.',
    });
  const named = schema.replace(imports[0], imports[0].replace(/,?\s*\}/, ', usersTable }'));
  return named.replace(found[0], `${found[0]}\n  users: usersTable,`);
}
