export * from './auth-settings.ts';
