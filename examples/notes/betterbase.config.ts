import { defineConfig } from '@betterbase/core';

export default defineConfig({ project: { name: 'notes' } });
