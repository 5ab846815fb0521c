/** `@betterbase/core/config`: what `betterbase.config.ts` needs, and who reads it. */
export {
  capabilities,
  type Capability,
  type CapabilityName,
  capabilityNames,
  lacksOf,
  type StorePlace,
  storePlaceOf,
  storePlaces,
} from './config/capabilities.ts';
export { configSchema as BetterBaseConfigSchema } from './config/config-schema.ts';
export * from './config/config.ts';
export { providerAdvice, type ProviderType, providerSchema as ProviderTypeSchema } from './config/provider.ts';
export { sendProvider } from './config/send-provider.ts';
