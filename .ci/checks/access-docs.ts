/** docs/access.md, made from the admin API's table of routes. */
import { type AdminRule, adminTable, permissionsOf, rateClasses, roles } from '@betterbase/protocol/admin';

const where: Readonly<Record<AdminRule['scope'], string>> = {
  installation: 'the installation',
  project: 'the project in the address',
  own: 'what is one’s own',
  open: 'open',
};

export function renderAccessDocs(): string {
  const rows = Object.entries(adminTable).map(([route, rule]: readonly [string, AdminRule]) => {
    const { permission, scope, rate, audit } = rule;
    return [
      `\`${route}\``,
      permission === null ? '' : `\`${permission}\``,
      where[scope],
      ...roles.map((role) => (scope === 'open' || permission === null || permissionsOf(role).has(permission) ? 'yes' : '')),
      rateClasses[rate].toLocaleString('en-US'),
      audit === null ? '' : `\`${audit}\``,
    ];
  });
  const head = ['route', 'permission', 'where', ...roles, 'a minute', 'in the audit log'];
  return [introduction, [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'), ending].join('\n\n');
}

const introduction = `# Who may do what

Every route of the admin API, the permission that it takes, and which roles have it. A route that is not in this table answers nobody.
[Administration](administration.md) says how keys and people get their roles, for the installation or for one project.

- **the installation**: the role must be one for all of it. **the project in the address**: for that project or for all.
  **what is one’s own**: the route shows and changes what the caller’s projects have. **open**: for anybody, who then proves who they are.
- **a minute**: requests of one key or person (of one address where the route is open), in each isolate that answers. The installation’s
  own key is not counted, and has every permission.`;

const ending = `A project’s own keys: \`bb_admin_…\` has the role \`admin\` for its project, \`bb_secret_…\` calls functions and opens none of
these routes but \`run\` at the doors of functions, \`bb_pub_…\` opens none.

This file is made from \`packages/protocol/src/admin/admin-table.ts\` by \`npm run docs:access\`.
`;
