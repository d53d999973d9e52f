// `api.groups` and `api.roles`: what a script asks about its user. The host answers from its own rows; the user and the
// organization are those of the login, whatever a script says.

import type { ApiMethod } from '../trigger.ts';
import { isObject } from './complaints.ts';

const ROLES_AT_ONCE = 100;
const ROLE_IDS = 100;
const ROLE_NAMES = 50;
const GROUPS_AT_ONCE = 100;

/** A method that answers page by page. */
const paged = (name: string, most: number | undefined): ApiMethod => ({
  name,
  takes: 1,
  returns: 'promise',
  ask([page = {}]) {
    if (!isObject(page)) throw new Error('The parameters must be an object if provided.');
    const { from, take } = page;
    if (from !== undefined && typeof from !== 'string')
      throw new Error('The "from" parameter must be a string if provided.');
    if (take !== undefined && (typeof take !== 'number' || !Number.isInteger(take) || take <= 0))
      throw new Error('The "take" parameter must be a positive integer if provided.');
    if (most !== undefined && take !== undefined && take > most)
      throw new Error(`The "take" parameter must not be greater than ${most}.`);
    return [{ from, take }];
  },
});

/** A method that takes a list of texts. */
const listed = (name: string, parameter: string, most: number): ApiMethod => ({
  name,
  takes: 1,
  returns: 'promise',
  ask([list]) {
    if (!Array.isArray(list) || list.length === 0 || list.some((entry) => typeof entry !== 'string'))
      throw new Error(`The "${parameter}" parameter must be a non-empty array of strings.`);
    if (list.length > most) throw new Error(`The "${parameter}" parameter must not have more than ${most} entries.`);
    return [list];
  },
});

export const groups = (): ApiMethod[] => [
  paged('getUserGroups', undefined),
  listed('hasGroupMembership', 'groups', GROUPS_AT_ONCE),
];

export const roles = (): ApiMethod[] => [
  paged('getUserEffectiveRoles', ROLES_AT_ONCE),
  listed('getUserEffectiveRolesByIds', 'ids', ROLE_IDS),
  listed('getUserEffectiveRolesByNames', 'names', ROLE_NAMES),
];
