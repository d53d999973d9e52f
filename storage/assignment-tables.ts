// Storage: the columns of tables whose rows say that one thing has another: roles, permissions, memberships and what an
// organization holds. A row goes with either end.
import type { Generated } from 'kysely';

export type AssignmentTables = {
  user_roles: { tenant_id: string; user_id: string; role_id: string };
  members: {
    seq: Generated<number>;
    tenant_id: string;
    organization_id: string;
    user_id: string;
    joined_at: Generated<number>;
  };
  role_permissions: { seq: Generated<number>; tenant_id: string; role_id: string; api_id: string; scope: string };
  user_permissions: { seq: Generated<number>; tenant_id: string; user_id: string; api_id: string; scope: string };
  /** `organization_id`: empty outside of all organizations. */
  group_roles: {
    seq: Generated<number>;
    tenant_id: string;
    group_id: string;
    role_id: string;
    organization_id: string;
  };
  organization_grants: { seq: Generated<number>; tenant_id: string; organization_id: string; grant_id: string };
  organization_clients: {
    seq: Generated<number>;
    tenant_id: string;
    organization_id: string;
    client_id: string;
    member_access: Generated<number>;
  };
  member_roles: { tenant_id: string; organization_id: string; user_id: string; role_id: string };
  group_members: { seq: Generated<number>; tenant_id: string; group_id: string; user_id: string; joined_at: number };
};
