export const backendUrl = import.meta.env.VITE_BETTERBASE_URL ?? 'http://localhost:3210/p/chat';
