declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('./worker.ts');
    durableNamespaces: 'ScratchObject' | 'ProjectObject' | 'InstanceObject';
  }
  interface Env extends Readonly<import('../../durable-objects/project/env.ts').Env> {
    readonly SCRATCH: DurableObjectNamespace<import('./worker.ts').ScratchObject>;
    readonly LOADER: WorkerLoader;
    readonly APP_DB: D1Database;
  }
}

declare module '*?raw' {
  const text: string;
  export default text;
}
