/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the project answers. `bb dev --with-app` sets it. */
  readonly VITE_BETTERBASE_URL?: string;
}
