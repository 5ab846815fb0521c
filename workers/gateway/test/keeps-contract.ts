import { type AdminRoute, adminRoutes } from '@betterbase/protocol/admin';
import { adminContract, type RouteContract } from '@betterbase/protocol/admin/contract';
import { refusal } from '@betterbase/protocol/admin/answers';
import { requestOf } from '@betterbase/protocol/admin/requests';

/** So that no journey passes with answers that the contract does not know. */
export function assertKeepsContract(
  method: string,
  address: string,
  { status, body }: { readonly status: number; readonly body: unknown },
): void {
  const route = routeOf(method, new URL(address, 'http://localhost').pathname);
  if (route === null) return;
  const contract: RouteContract = adminContract[route];
  if (contract.lines === true && status < 400) return;
  const success = requestOf(route).creates === true ? 201 : 200;
  if (status < 400 && status !== success) throw new Error(`${route} answered with ${status}, not ${success}.`);
  const parsed = (status < 400 ? contract.answer : refusal).safeParse(body);
  if (!parsed.success)
    throw new Error(`${route} answered with ${status} and something else than its contract says: ${parsed.error.message}`);
}

function routeOf(method: string, path: string): AdminRoute | null {
  const fits = (route: AdminRoute): boolean => new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`).test(`${method} ${path}`);
  // An address that is a route as it stands is not one with a name in it.
  return adminRoutes.find((route) => route === `${method} ${path}`) ?? adminRoutes.find(fits) ?? null;
}
