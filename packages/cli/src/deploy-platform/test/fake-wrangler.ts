import { readFileSync, writeFileSync } from 'node:fs';
import type { Wrangler, WranglerResult } from '../wrangler.ts';

/** A Cloudflare account as wrangler shows it. Keeps what is made, and every command. */
export class FakeWrangler implements Wrangler {
  readonly commands: string[] = [];
  readonly databases = new Map<string, string>();
  readonly buckets = new Set<string>();
  readonly queues = new Set<string>();
  readonly workers = new Set<string>();
  readonly secrets = new Map<string, string>();
  /** Configurations that Workers were deployed with. */
  readonly configs: string[] = [];
  migrated = 0;
  loggedIn = true;
  accounts: readonly { readonly id: string; readonly name: string }[] = [{ id: 'acc1', name: 'Example' }];
  /** The next command that starts with this fails with that output. */
  failure: { readonly command: string; readonly output: string } | null = null;

  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<WranglerResult> {
    const command = args.join(' ');
    this.commands.push(command);
    if (this.failure !== null && command.startsWith(this.failure.command)) {
      const { output } = this.failure;
      this.failure = null;
      return { ok: false, stdout: '', output };
    }
    return this.#answer(args, env);
  }

  async interact(args: readonly string[]): Promise<boolean> {
    this.commands.push(args.join(' '));
    this.loggedIn = true;
    return true;
  }

  #answer(args: readonly string[], env: Readonly<Record<string, string>>): WranglerResult {
    const [area = '', verb = '', name = ''] = args;
    switch (`${area} ${verb}`) {
      case 'whoami --json':
        if (!this.loggedIn) return { ok: false, stdout: '{"loggedIn":false}', output: '{"loggedIn":false}' };
        return ok(JSON.stringify({ loggedIn: true, accounts: this.accounts }));
      case 'd1 list':
        return ok(JSON.stringify([...this.databases].map(([database, uuid]) => ({ name: database, uuid }))));
      case 'd1 create':
        this.databases.set(name, `uuid-of-${name}`);
        return ok('created');
      case 'd1 migrations':
        this.migrated += 1;
        return ok('applied');
      case 'r2 bucket':
        return this.#resource(this.buckets, name, args[3] ?? '');
      case 'queues info':
      case 'queues create':
        return this.#resource(this.queues, verb, name);
      case 'secret list':
        if (!this.workers.has('betterbase')) return failed('Worker "betterbase" not found.');
        return ok(JSON.stringify([...this.secrets.keys()].map((secret) => ({ name: secret, type: 'secret_text' }))));
      case 'deploy --config':
        return this.#deploy(args, name, env);
      default:
        if (area === 'delete') return this.workers.delete(verb) ? ok('deleted') : failed('not found');
        return failed(`Unknown command: ${args.join(' ')}`);
    }
  }

  #resource(resources: Set<string>, verb: string, name: string): WranglerResult {
    if (verb === 'info') return resources.has(name) ? ok('{}') : failed('does not exist');
    if (resources.has(name)) return failed('The name you tried to create already exists, and you own it. [code: 10004]');
    resources.add(name);
    return ok('created');
  }

  #deploy(args: readonly string[], config: string, env: Readonly<Record<string, string>>): WranglerResult {
    if (config.endsWith('wrangler.json')) {
      this.workers.add('betterbase-plan-check');
      return ok('uploaded');
    }
    const secrets = args[args.indexOf('--secrets-file') + 1];
    if (args.includes('--secrets-file') && secrets !== undefined) {
      const uploaded: unknown = JSON.parse(readFileSync(secrets, 'utf8'));
      for (const [name, value] of Object.entries(uploaded ?? {})) this.secrets.set(name, String(value));
    }
    this.workers.add('betterbase');
    this.configs.push(config);
    const targets = ['schedule: */5 * * * *', 'Producer for betterbase-deliveries', 'https://betterbase.example.workers.dev'];
    const report = env['WRANGLER_OUTPUT_FILE_PATH'];
    if (report !== undefined)
      writeFileSync(report, `${JSON.stringify({ type: 'wrangler-session' })}\n${JSON.stringify({ type: 'deploy', targets })}\n`);
    return ok('deployed');
  }
}

function ok(stdout: string): WranglerResult {
  return { ok: true, stdout, output: stdout };
}

function failed(output: string): WranglerResult {
  return { ok: false, stdout: '', output };
}
