/**
 * One `bb dev`, from start to stop: the platform, the app's deployments, its generated files, and the news about all of it.
 */
import { isBetterBaseError, type ProviderManifest } from '@betterbase/core';
import type { CallLog } from '@betterbase/protocol';
import { AdminClient } from '../admin/admin-client.ts';
import { askAdmin } from '../admin/admin-fetch.ts';
import { setupToken } from '@betterbase/protocol/admin';
import { type AppBundle, type AppBundler, createAppBundler } from '../bundle/app-bundler.ts';
import { writeContextFile } from '../codegen/context-file.ts';
import { writeGenerated } from '../codegen/write-generated.ts';
import { explainError } from '../diagnostics/explain-error.ts';
import { AppSourceMap } from '../diagnostics/source-map.ts';
import { toFailure } from '../terminal/error-report.ts';
import type { AppFolder } from '../workspace/app-folder.ts';
import { keepBundle } from '../workspace/bundle-store.ts';
import { AppProcess } from './app-process.ts';
import { AppWatcher } from './app-watcher.ts';
import { explainBreakdown } from './breakdown.ts';
import { CallFeed } from './call-feed.ts';
import { DeployLoop } from './deploy-loop.ts';
import type { DevEvent } from './dev-event.ts';
import type { RunningCall } from './running-calls.ts';
import { type Breakdown, RuntimeHost } from './runtime-host.ts';
import { speaksOfAnother } from './speaks-of-another.ts';
import { DevSignIn, type SignInPlace } from './sign-in/dev-sign-in.ts';
import { DevDatabase } from './stand-in/dev-database.ts';
import { StandInProcess } from './stand-in/stand-in-process.ts';
import type { StandInRecord } from './stand-in/stand-in-record.ts';

export interface DevSettings {
  readonly app: AppFolder;
  readonly project: string;
  readonly port: number;
  /** Absolute. */
  readonly state: string;
  readonly adminKey: string;
  readonly encryptionKey: string;
  readonly workerPath: string;
  /** D1 databases beside the platform's own, by binding. They are files in `state`. */
  readonly databases: readonly string[];
  /** Hyperdrives by binding: where each leads. */
  readonly hyperdrives: Readonly<Record<string, string>>;
  /** Instead of what betterbase.config.ts says. */
  readonly provider?: ProviderManifest;
  /** What stands behind one of `hyperdrives`. */
  readonly hyperdriveStandIn?: StandInRecord;
  /** Whether a database that nobody has set values for is stood in for. */
  readonly standIns: boolean;
  /** Where vendors whom people sign in with are stood in for; null: nowhere. */
  readonly signIn: SignInPlace | null;
}

export interface DevListener {
  /** `sources` explains positions in the code that runs. */
  event(event: DevEvent, sources: AppSourceMap | null): void;
  /** The session cannot go on. */
  gaveUp(error: unknown): void;
}

export class DevSession {
  readonly url: string;
  readonly #settings: DevSettings;
  readonly #listener: DevListener;
  readonly #bundler: AppBundler;
  readonly #admin: AdminClient;
  readonly #host: RuntimeHost;
  readonly #feed: CallFeed;
  /** Null where nothing stands in. */
  readonly #database: DevDatabase | null;
  readonly #signIn: DevSignIn | null;
  readonly #deploys: DeployLoop;
  readonly #watcher: AppWatcher;
  #appProcess: AppProcess | null = null;
  /** Of the code that runs, and of the code that is being deployed. */
  #sources: AppSourceMap | null = null;
  #candidate: AppSourceMap | null = null;
  #isReady = false;
  #isStopping = false;
  #deploysWhenBack = false;

  static async create(settings: DevSettings, listener: DevListener): Promise<DevSession> {
    return new DevSession(settings, listener, await createAppBundler(settings.app, settings.provider));
  }

  private constructor(settings: DevSettings, listener: DevListener, bundler: AppBundler) {
    const { app, project, port, adminKey, encryptionKey, workerPath, state, databases, hyperdrives } = settings;
    const origin = `http://localhost:${port}`;
    this.url = `${origin}/p/${project}`;
    this.#settings = settings;
    this.#listener = listener;
    this.#bundler = bundler;
    this.#admin = new AdminClient({ url: origin, project, key: adminKey });
    this.#feed = new CallFeed(this.#admin, (call) => this.#heard(call));
    this.#host = new RuntimeHost({
      settings: { workerPath, adminKey, encryptionKey, publicUrl: origin, port, state, databases, hyperdrives, dev: true },
      probe: () => fetch(`${origin}/health`),
      listener: {
        line: (_level, text) => {
          if (!speaksOfAnother(text, project)) this.#say({ event: 'output', source: 'platform', text });
        },
        broke: (breakdown, call) => this.#broke(breakdown, call),
        back: (milliseconds) => this.#back(milliseconds),
        gaveUp: (error) => listener.gaveUp(error),
      },
    });
    this.#database = settings.standIns
      ? new DevDatabase({
          place: { state, project },
          admin: this.#admin,
          newProcess: (heard) => new StandInProcess(heard),
          say: (event) => this.#say(event),
          onFailed: (error) => this.#say({ event: 'failed', failure: toFailure(error) }),
          hyperdrive: settings.hyperdriveStandIn ?? null,
        })
      : null;
    this.#signIn = settings.signIn === null ? null : new DevSignIn({ url: origin, project, key: adminKey }, settings.signIn);
    this.#deploys = new DeployLoop({
      bundler,
      admin: this.#admin,
      prepare: async ({ provider }) => this.#database?.prepare(provider),
      onBundle: (bundle) => this.#bundled(bundle),
      onDeployed: ({ id, changes }, bundle, milliseconds) => {
        this.#sources = this.#candidate;
        this.#say({ event: 'deployed', id, changes, milliseconds, ...(bundle.rls.enabled ? {} : { isOpen: true }) });
        this.#inBackground(keepBundle(state, bundle));
        this.#inBackground(this.#describe());
      },
      onFailed: (error) => this.#deployFailed(error),
    });
    this.#watcher = new AppWatcher(app, () => this.#inBackground(this.#deploy()));
  }

  /** Serves, and has tried to deploy once. True if that worked. */
  async start(): Promise<boolean> {
    await Promise.all([this.#host.start(), this.#database?.resume(), this.#signIn?.start()]);
    this.#feed.start();
    await this.#deploy();
    return !this.#deploys.hasFailed;
  }

  /** Runs the app's own "dev" script beside the platform. */
  runApp(): void {
    const sayApp = (text: string): void => this.#say({ event: 'output', source: 'app', text });
    this.#appProcess = new AppProcess({
      root: this.#settings.app.root,
      url: this.url,
      onUrl: (url) => this.#say({ event: 'app', url }),
      onOutput: sayApp,
      onEnd: (code) => sayApp(`The "dev" script ended with code ${code ?? 'none'}. The platform goes on.`),
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#feed.stop();
    this.#appProcess?.stop();
    this.#watcher.close();
    await Promise.all([this.#bundler.dispose(), this.#host.stop()]);
    // After the platform, which may still be writing.
    await Promise.all([this.#database?.stop(), this.#signIn?.stop()]);
  }

  /** At once, for when this process is about to end. */
  kill(): void {
    this.#appProcess?.stop();
    this.#host.kill();
    this.#database?.kill();
  }

  async #deploy(): Promise<void> {
    await this.#deploys.request();
    await this.#announce();
  }

  async #announce(): Promise<void> {
    if (this.#isReady) return;
    // The last good version of an earlier session serves too.
    const isServing = await this.#admin.functions().then(
      () => true,
      () => false,
    );
    if (!isServing || this.#isReady) return;
    this.#isReady = true;
    this.#say({ event: 'ready', url: this.url });
    this.#inBackground(this.#offerSetup());
    if (this.#signIn !== null) this.#inBackground(this.#signIn.settle());
  }

  async #offerSetup(): Promise<void> {
    const { port, adminKey } = this.#settings;
    const url = `http://localhost:${port}`;
    const { users } = await askAdmin({ url, key: adminKey }, 'GET /admin/users');
    if (users.length === 0) this.#say({ event: 'setup', url: `${url}/setup?token=${await setupToken(adminKey)}` });
  }

  #bundled(bundle: AppBundle): void {
    this.#candidate = new AppSourceMap(bundle.map);
    this.#watcher.alsoWatch(bundle.inputs);
    this.#inBackground(writeGenerated(this.#settings.app));
  }

  async #describe(): Promise<void> {
    await writeContextFile(this.#settings.app, await this.#admin.functions());
  }

  #deployFailed(error: unknown): void {
    // While the runtime is being started again, its breakdown has been told, with a better name.
    const isEcho = isBetterBaseError(error) && error.code === 'connection/lost' && !this.#host.isServing;
    if (!isEcho) this.#say({ event: 'failed', failure: toFailure(explainError(error, this.#candidate)) });
  }

  #broke(breakdown: Breakdown, suspect: RunningCall | null): void {
    const isDeploying = this.#deploys.isSending;
    const call = suspect === null ? null : { path: suspect.path, kind: suspect.kind, requestId: suspect.requestId };
    // A bundle that hangs while it loads would hang again.
    this.#deploysWhenBack = !isDeploying || call !== null;
    this.#say({ event: 'broke', breakdown, call, message: explainBreakdown(breakdown, call, isDeploying) });
  }

  #back(milliseconds: number): void {
    this.#say({ event: 'back', milliseconds });
    this.#inBackground(this.#deploysWhenBack ? this.#deploy() : this.#announce());
  }

  #heard(call: CallLog): void {
    this.#host.callFinished(call.requestId);
    this.#say({ event: 'call', call });
  }

  /** Work that nobody waits for; what goes wrong in it is told. */
  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#say({ event: 'failed', failure: toFailure(error) }));
  }

  #say(event: DevEvent): void {
    if (!this.#isStopping) this.#listener.event(event, this.#sources);
  }
}
