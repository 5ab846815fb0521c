declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('./worker.ts');
    durableNamespaces: 'ScratchObject';
  }
  interface Env {
    readonly SCRATCH: DurableObjectNamespace<import('./worker.ts').ScratchObject>;
    readonly LOADER: WorkerLoader;
  }
}
