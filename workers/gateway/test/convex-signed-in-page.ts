/** A page made with convex/react, whose parts depend on who is signed in. `window.signIn(token)` does what its button would. */
export const signedInPage = `
import { createElement as h, useCallback, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Authenticated, AuthLoading, ConvexProviderWithAuth, ConvexReactClient, Unauthenticated, useConvexAuth, useQuery } from 'convex/react';
import { anyApi as api } from 'convex/server';

const client = new ConvexReactClient(new URLSearchParams(location.search).get('url'));
window.shown = [];

function useAuth() {
  const [token, signIn] = useState(null);
  window.signIn = signIn;
  const fetchAccessToken = useCallback(async () => token, [token]);
  return { isLoading: false, isAuthenticated: token !== null, fetchAccessToken };
}

function Shows({ what }) {
  useEffect(() => { window.shown.push(what); });
  return h('p', { id: 'shown' }, what);
}

function Me() {
  const me = useQuery(api.users.me, {});
  return h(Shows, { what: me === undefined ? 'asking' : 'in as ' + me });
}

function State() {
  const { isLoading, isAuthenticated } = useConvexAuth();
  return h('p', { id: 'state' }, isLoading ? 'loading' : String(isAuthenticated));
}

createRoot(document.getElementById('root')).render(
  h(ConvexProviderWithAuth, { client, useAuth },
    h(State), h(AuthLoading, null, h(Shows, { what: 'loading' })), h(Unauthenticated, null, h(Shows, { what: 'out' })), h(Authenticated, null, h(Me))));
`;
