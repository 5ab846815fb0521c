import { permissions, permissionsOf, type Role } from '@betterbase/protocol/admin';
import { expect, test } from 'vitest';
import { assertHas, grantedTo, may, onlyProjectOf, type Principal, reachOf, root, within } from './principal.ts';

const key = (role: Role, project: string | null): Principal => ({
  id: 'k',
  name: 'k',
  kind: 'key',
  adminId: null,
  grants: [{ project, permissions: permissionsOf(role) }],
});

test('each role has what the one below it has, and more', () => {
  expect(permissions).toHaveLength(31);
  expect([...permissionsOf('owner')]).toEqual([...permissions]);
  expect(permissions.filter((each) => !permissionsOf('admin').has(each))).toEqual(['settings_edit']);
  expect(permissions.filter((each) => !permissionsOf('developer').has(each)).every((each) => /^(?:team|settings|audit)_/.test(each))).toBe(
    true,
  );
  expect([...permissionsOf('viewer')].every((each) => each.endsWith('_view'))).toBe(true);
});

test('a key of one project may do nothing in another, and nothing to the installation', () => {
  const admin = key('admin', 'mine');

  expect([may(admin, 'team_edit', 'mine'), may(admin, 'team_edit', 'other'), may(admin, 'team_edit', null)]).toEqual([true, false, false]);
  expect(may(key('admin', null), 'team_edit', 'other')).toBe(true);
  expect(may(root, 'settings_edit', null)).toBe(true);
});

test('scopes narrow a role and never widen it', () => {
  expect([...grantedTo('developer', ['logs_view', 'team_edit', 'nonsense'])]).toEqual(['logs_view']);
  expect([...grantedTo(null, ['logs_view'])]).toEqual([]);
});

test('nobody hands on what they do not have', () => {
  expect(() => assertHas(key('admin', null), permissionsOf('owner'), null)).toThrow(expect.objectContaining({ code: 'auth/forbidden' }));
  expect(() => assertHas(key('admin', 'mine'), permissionsOf('viewer'), null)).toThrow(expect.objectContaining({ code: 'auth/forbidden' }));
  expect(() => assertHas(key('admin', 'mine'), permissionsOf('developer'), 'mine')).not.toThrow();
});

test('who has several roles may do what any of them allows, where it allows it', () => {
  const several: Principal = { ...key('viewer', 'mine'), grants: [...key('viewer', 'mine').grants, ...key('developer', 'other').grants] };

  expect([may(several, 'functions_create', 'mine'), may(several, 'functions_create', 'other')]).toEqual([false, true]);
  expect([reachOf(several, 'logs_view'), reachOf(several, 'functions_create'), reachOf(several, 'team_view')]).toEqual([
    ['mine', 'other'],
    ['other'],
    ['mine'],
  ]);
  expect([reachOf(root, 'team_view'), onlyProjectOf(several), onlyProjectOf(key('viewer', 'mine'))]).toEqual([null, null, 'mine']);
});

test('a grant within others is what both allow, where both allow it', () => {
  const all = { project: null, permissions: permissionsOf('owner') };
  const view = { project: null, permissions: permissionsOf('viewer') };
  const [mine, other] = ['mine', 'other'].map((project) => ({ project, permissions: permissionsOf('developer') }));

  expect(within(all, [view])).toEqual([view]);
  expect(within(all, [mine ?? all, other ?? all])).toEqual([mine, other]);
  expect(within(mine ?? all, [all])).toEqual([mine]);
  expect(within(mine ?? all, [view])).toEqual([
    { project: 'mine', permissions: new Set([...permissionsOf('viewer')].filter((each) => permissionsOf('developer').has(each))) },
  ]);
  expect([within(mine ?? all, [other ?? all]), within(all, [])]).toEqual([[], []]);
});
