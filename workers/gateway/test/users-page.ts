/** A page whose users sign in. `window.auth` is the client's; who is signed in stands on it, as this device and as a query know it. */
export const usersPage = `
import { createClient } from '@betterbase/client/users';
const url = localStorage.getItem('url') ?? new URLSearchParams(location.search).get('url');
localStorage.setItem('url', url);
const client = createClient({ url });
window.auth = client.auth;
window.visit = client.auth.visit;
const line = (id) => document.getElementById('root').appendChild(Object.assign(document.createElement('p'), { id, textContent: 'loading' }));
const [device, query] = [line('device'), line('query')];
client.auth.onAuthStateChange((_, session) => { device.textContent = session?.user?.email ?? 'nobody'; });
client.watch('users:identity', {}, (identity) => { query.textContent = identity?.email ?? 'nobody'; });
`;

/** The same with React. */
export const usersReactPage = `
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '@betterbase/client/users';
import { Authenticated, BetterBaseAuthProvider, Unauthenticated, useQuery, usersOf } from '@betterbase/react';
const url = localStorage.getItem('url') ?? new URLSearchParams(location.search).get('url');
localStorage.setItem('url', url);
const client = createClient({ url });
window.auth = client.auth;
const Me = () => h('p', { id: 'shown' }, useQuery('users:identity', {}).data?.email ?? 'loading');
const useUsers = usersOf(client);
createRoot(document.getElementById('root')).render(
  h(BetterBaseAuthProvider, { client, useAuth: useUsers }, h(Authenticated, null, h(Me)), h(Unauthenticated, null, h('p', { id: 'shown' }, 'nobody'))),
);
`;
