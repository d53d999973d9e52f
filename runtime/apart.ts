// Scripts that run without a login, because somebody wants to know what they would do, share no isolate, no queue and no
// quarantine with those of the tenant's logins. The sandbox knows tenants by a name: theirs is another one.

const MARK = ' apart';

/** By what name the sandbox knows such scripts of a tenant. No id of a tenant has a space in it. */
export const apartFrom = (tenantId: string): string => `${tenantId}${MARK}`;

export const isApart = (name: string): boolean => name.endsWith(MARK);
