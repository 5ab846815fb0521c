/** `bb rls sql` and `bb rls install`: the same policies as row-level security of a Postgres. */
import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { installStatements, nativePolicies, type NativeRole, removeStatements } from '@betterbase/engine/policy-sql';
import type { CommandContext, CommandResult } from '../command.ts';
import { readAppPolicies } from './app-policies.ts';
import { recordOf } from './record-option.ts';

export interface SqlOptions {
  readonly app: string;
  /** Roles of the database that are held to the policies. */
  readonly role?: readonly string[];
  /** JSON: who logs in as the one role. */
  readonly claims?: string;
  readonly remove?: boolean;
}

export interface InstallOptions extends SqlOptions {
  /** The variable that has the address. */
  readonly database: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Prints one transaction. */
export async function sql(options: SqlOptions, { terminal, cwd }: CommandContext): CommandResult {
  const { statements } = await statementsOf(options, cwd);
  terminal.line(['BEGIN', ...statements, 'COMMIT'].map((statement) => `${statement};`).join('\n'));
  return 0;
}

export async function install(options: InstallOptions, context: CommandContext): CommandResult {
  const { terminal, cwd, env } = context;
  if (options.dryRun === true) return await sql(options, context);
  const address = env[options.database];
  if (address === undefined || address === '')
    throw new BetterBaseError('usage/bad-option', `${options.database} is not set.`, {
      hint: `Set it to the database’s address, postgres://…, as the one who owns the tables; --database names another variable.`,
    });
  const { statements, told } = await statementsOf(options, cwd);
  await carryOut(address, statements);
  if (options.json === true) terminal.line(JSON.stringify(told));
  else if (options.remove === true) terminal.line('Removed the policies. Row-level security stays on.');
  else {
    terminal.line(`Installed ${told.policies.length} policies; row-level security is on for ${told.tables.length} tables.`);
    for (const line of rolesTold(options)) terminal.line(line);
  }
  return 0;
}

function rolesTold({ role = [], claims }: SqlOptions): string[] {
  const names = role.map((name) => `\`${name}\``).join(', ');
  if (names === '') return [];
  if (claims !== undefined && claims.trim() !== 'null')
    return [`Whoever logs in as ${names} has the claims ${claims.trim()}, whatever the session says.`];
  return [
    `${names} may do what the policies say for the claims in request.jwt.claims.`,
    'Whoever can run SQL as such a role sets these: let it be a server that verifies tokens, or bind a role to one person with --claims.',
  ];
}

async function statementsOf(options: SqlOptions, cwd: string) {
  const { app, remove } = options;
  const roles = rolesOf(options);
  if (remove === true) return { statements: removeStatements(), told: { policies: [], tables: [] } };
  const { schema, policies } = await readAppPolicies(resolve(cwd, app));
  const native = nativePolicies(policies, schema);
  return {
    statements: installStatements(native, roles),
    told: { policies: native.policies.map(({ name }) => name), tables: native.tables.map(({ table }) => table) },
  };
}

/** @throws BetterBaseError `usage/bad-option` */
function rolesOf({ role = [], claims }: SqlOptions): NativeRole[] {
  if (claims === undefined) return role.map((name) => ({ name }));
  const [only, ...others] = role;
  const parsed = claims.trim() === 'null' ? null : recordOf(claims, '--claims');
  if (only === undefined || others.length > 0)
    throw new BetterBaseError('usage/bad-option', '--claims says who one role is, and so goes with exactly one --role.', {
      hint: `bb rls install --role ada --claims '{"sub":"ada"}'; null unbinds the role.`,
    });
  return [{ name: only, claims: parsed }];
}

/** All of them, or none. */
async function carryOut(address: string, statements: readonly string[]): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: address });
  try {
    await client.connect();
    await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } catch (cause) {
    // The message of a driver never has the password in it; the address does.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BetterBaseError('provider/refused', `The database refused: ${reason}.`, {
      hint: 'Nothing was changed. Connect as the owner of the tables, and deploy the app first so that they are there.',
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
