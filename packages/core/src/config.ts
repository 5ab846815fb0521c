/** `@betterbase/core/config`: what `betterbase.config.ts` needs, and who reads it. */
export { configSchema as BetterBaseConfigSchema } from './config/config-schema.ts';
export * from './config/config.ts';
export { providerAdvice, type ProviderType, providerSchema as ProviderTypeSchema } from './config/provider.ts';
export { sendProvider } from './config/send-provider.ts';
