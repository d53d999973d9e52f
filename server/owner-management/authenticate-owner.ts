// Owner management: who calls: an application that administers, or a person who does. The token tells whose it is by its
// issuer; which tenants it opens is decided in `owner-access.ts`.
import type { Context } from 'hono';
import { administrationOf } from '#runtime/lifecycle/administration.ts';
import { placeOf } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { operatorOf, presentedTo } from '../management/authenticate.ts';
import type { AccessClaims } from '../oauth/access-token.ts';
import { readSentToken } from '../oauth/presented-token.ts';
import { type OwnerRefusal, refuseOwner, translated } from './owner-answer.ts';

/** Who calls, and the tenant that issued the token. */
export type OwnerOperator = {
  /** Whose token it is: an application's own, or that of a person who administers. */
  kind: 'client' | 'person';
  clientId: string;
  /** The person. */
  userId?: string;
  scopes: ReadonlySet<string>;
  home: TenantRecord;
  /** The home is the default tenant. */
  isDefault: boolean;
};

export type AuthenticatedOwner = { ok: true; operator: OwnerOperator } | { ok: false; refusal: OwnerRefusal };

const INVALID = refuseOwner(401, 'invalid_token', 'Invalid token');
const NO_ADMINISTRATOR = refuseOwner(
  403,
  'insufficient_scope',
  'Insufficient scope, expected any of: management, org-management',
);

export async function authenticateOwner(c: Context<Env>, deps: Deps): Promise<AuthenticatedOwner> {
  // The token may be of another tenant than the host's: its issuer says which one has to vouch for it.
  const sent = readSentToken(c);
  const home = ('token' in sent ? await tenantOf(deps, sent.token) : undefined) ?? c.var.tenant;
  const presented = await presentedTo(c, deps, home);
  if (!presented.ok) return { ok: false, refusal: translated(presented.refusal) };
  const isDefault = home.name === deps.config.tenantName;
  const application = operatorOf(presented.claims);
  if (application) return { ok: true, operator: { kind: 'client', ...application, home, isDefault } };
  return authenticatePerson(deps, presented.claims, { home, isDefault });
}

/** A token lives for hours: what its person may and is, is asked again. */
async function authenticatePerson(
  { store }: Pick<Deps, 'store'>,
  { sub, azp, scope, issuedAt }: AccessClaims,
  at: Pick<OwnerOperator, 'home' | 'isDefault'>,
): Promise<AuthenticatedOwner> {
  const user = await store.users.find(at.home.id, sub);
  if (!user || user.blocked || user.linkedTo !== undefined) return { ok: false, refusal: INVALID };
  // Whoever changes a password after a theft means the thief's tokens too.
  if (issuedAt < Math.floor((user.passwordChangedAt ?? 0) / 1000)) return { ok: false, refusal: INVALID };
  const administration = await administrationOf(store, at.home, user.id);
  const scopes = new Set(administration.filter((value) => scope.includes(value)));
  if (scopes.size === 0) return { ok: false, refusal: NO_ADMINISTRATOR };
  return { ok: true, operator: { kind: 'person', clientId: azp, userId: user.id, scopes, ...at } };
}

/** Only finds whose keys to try; nothing of the token is believed yet. */
async function tenantOf({ store }: Pick<Deps, 'store'>, token: string): Promise<TenantRecord | undefined> {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const issuer = /"iss":"(https?:\/\/[^"\\\s]{1,300})"/.exec(payload)?.[1];
  return issuer !== undefined && URL.canParse(issuer) ? store.tenants.findByHost(placeOf(issuer)) : undefined;
}
