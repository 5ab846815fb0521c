export { type CookieParts, cookieHeader, readCookie } from './cookie.ts';
export { type RedirectRule, redirectTarget } from './redirect-target.ts';
