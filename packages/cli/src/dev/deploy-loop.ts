/**
 * Builds and deploys an app whenever it is asked to, one at a time.
 *
 * Holds: the bundle that was deployed last. Asking again while it works means once more afterwards, however often.
 */
import type { Deployment } from '@betterbase/protocol';
import type { AdminClient } from '../admin/admin-client.ts';
import type { AppBundle, AppBundler } from '../bundle/app-bundler.ts';

export interface DeployLoopParts {
  readonly bundler: Pick<AppBundler, 'build'>;
  readonly admin: Pick<AdminClient, 'deploy'>;
  /** What the server needs before it is sent a bundle. */
  readonly prepare?: (bundle: AppBundle) => Promise<void>;
  /** The code has been bundled; it goes to the server while this runs. */
  readonly onBundle: (bundle: AppBundle) => void;
  readonly onDeployed: (deployment: Deployment, bundle: AppBundle, milliseconds: number) => void;
  readonly onFailed: (error: unknown) => void;
}

export class DeployLoop {
  readonly #parts: DeployLoopParts;
  #work: Promise<void> | null = null;
  #isAskedAgain = false;
  #deployed: AppBundle | null = null;
  #hasFailed = false;
  #isSending = false;

  constructor(parts: DeployLoopParts) {
    this.#parts = parts;
  }

  /** True while a bundle is being taken over by the server. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** True if the last attempt did not work. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Resolves when everything asked for so far has been tried. */
  request(): Promise<void> {
    this.#isAskedAgain = true;
    this.#work ??= this.#run().finally(() => {
      this.#work = null;
    });
    return this.#work;
  }

  async #run(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      try {
        await this.#once();
        this.#hasFailed = false;
      } catch (error) {
        this.#hasFailed = true;
        this.#parts.onFailed(error);
      }
    }
  }

  async #once(): Promise<void> {
    const { bundler, admin, prepare, onBundle, onDeployed } = this.#parts;
    const startedAt = performance.now();
    const bundle = await bundler.build();
    onBundle(bundle);
    // After a failure even the old code is sent, so that whoever undid a mistake sees that it is gone.
    if (this.#deployed !== null && isSame(bundle, this.#deployed) && !this.#hasFailed) return;
    await prepare?.(bundle);
    this.#isSending = true;
    try {
      const deployment = await admin.deploy(bundle.app, { provider: bundle.provider });
      this.#deployed = bundle;
      onDeployed(deployment, bundle, performance.now() - startedAt);
    } finally {
      this.#isSending = false;
    }
  }
}

function isSame(one: AppBundle, other: AppBundle): boolean {
  return one.app === other.app && JSON.stringify(one.provider) === JSON.stringify(other.provider);
}
