// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.groups` and `api.roles`: the only methods that answer promises. Their answers come from the tenant's data.

/** Which page of a list. */
export interface PageOptions {
  /** How many entries; a positive whole number, for roles at most 100. */
  take?: number;
  /** `next` of the page before. */
  from?: string;
}

/** A group the person is in. Times are ISO 8601. */
export interface Group {
  /** Identifier. */
  id: string;
  /** Name. */
  name: string;
  /** Identifier in the directory it comes from. */
  external_id?: string;
  /** The connection it comes from. */
  connection_id?: string;
  /** The tenant it belongs to. */
  tenant_name: string;
  /** When the group was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
  /** When the person came into it. */
  membership_created_at: string;
  /** How the person came into it. */
  assignment: string;
}

/** A page of groups. */
export interface GroupPage {
  /** The groups, possibly none. */
  groups: Group[];
  /** For `from` of the next page; absent on the last. */
  next?: string;
}

/** A group that was meant by a name or identifier. */
export interface GroupMatch {
  /** Identifier. */
  id: string;
  /** Name. */
  name: string;
  /** To what the group belongs. */
  group_type: 'connection' | 'organization' | 'tenant';
}

/** Whether the person is in a group. */
export interface Membership {
  /** Whether the person is in it. */
  is_member: boolean;
  /** Which groups were meant; absent when there is none. */
  matches?: GroupMatch[];
}

/** Answers by the words that were asked for. */
export interface Memberships {
  /** One answer a word. */
  memberships: { [group: string]: Membership };
  /** What could not be answered; absent when everything was. */
  errors?: unknown[];
}

/** The groups of the person. `event` does not hold them. */
export interface GroupsAPI {
  /**
   * The groups the person is in. Await it.
   * @param options which page.
   * @throws `The "take" parameter must be a positive integer if provided.` or
   * `The "from" parameter must be a string if provided.`
   */
  getUserGroups(options?: PageOptions): Promise<GroupPage>;
  /**
   * Whether the person is in groups. Await it.
   * @param groups names or identifiers, 1 to 100.
   * @throws `The "groups" parameter must be a non-empty array of strings.` or
   * `The "groups" parameter must not have more than 100 entries.`
   */
  hasGroupMembership(groups: readonly string[]): Promise<Memberships>;
}

/** A role. */
export interface Role {
  /** Identifier, `rol_…`. */
  id: string;
  /** Name. */
  name: string;
  /** What it is for. */
  description?: string;
  /** More that is known of it. */
  [detail: string]: unknown;
}

/** A page of roles. */
export interface RolePage {
  /** The roles, possibly none. */
  roles: Role[];
  /** For `from` of the next page; absent on the last. */
  next?: string;
}

/** The roles of the person, in an organization those the member has there. Their names are in `event.authorization`. */
export interface RolesAPI {
  /**
   * All roles of the person. Await it.
   * @param options which page; at most 100 a page.
   * @throws what `getUserGroups` throws, or `The "take" parameter must not be greater than 100.`
   */
  getUserEffectiveRoles(options?: PageOptions): Promise<RolePage>;
  /**
   * Which of these roles the person has. Await it.
   * @param ids identifiers, 1 to 100.
   * @throws `The "ids" parameter must be a non-empty array of strings.` or
   * `The "ids" parameter must not have more than 100 entries.`
   */
  getUserEffectiveRolesByIds(ids: readonly string[]): Promise<RolePage>;
  /**
   * Which of these roles the person has. Await it.
   * @param names names, 1 to 50.
   * @throws `The "names" parameter must be a non-empty array of strings.` or
   * `The "names" parameter must not have more than 50 entries.`
   */
  getUserEffectiveRolesByNames(names: readonly string[]): Promise<RolePage>;
}
