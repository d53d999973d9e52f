// Owner management: an owner of tenants is born, with its first tenant, an administrator, an application and keys. Only
// what may administer everything may do this. Source: idp-server reference, §1.5; operating contract, detail 16.
import { type ImportedKey, readImportedKeys } from '#runtime/lifecycle/imported-key.ts';
import { judgePassword } from '#runtime/lifecycle/judge-password.ts';
import {
  checkOnboarding,
  type Onboarded,
  type Onboarding,
  type OnboardingProblem,
  onboard,
} from '#runtime/lifecycle/onboarding.ts';
import { placeOf } from '#runtime/lifecycle/tenant.ts';
import { optional } from '../management/fields.ts';
import { passwordErrorText } from '../password-error.ts';
import { placeFor } from './base-url.ts';
import { clientInputOf, showClient } from './clients.ts';
import { type OnboardingBody, onboardingBody, unusedMembers } from './onboarding-body.ts';
import { opensEverything } from './owner-access.ts';
import { conflicting, invalidRequest, type OwnerRefusal, refuseOwner, shown } from './owner-answer.ts';
import type { OwnerCall, PlaneRoute } from './owner-route.ts';
import { readBody } from './owner-schema.ts';
import { showTenant } from './tenants.ts';
import { showUser } from './users.ts';

export const onboardingRoutes: PlaneRoute[] = [
  {
    method: 'POST',
    path: '/onboarding',
    takesBody: true,
    async handle(call) {
      const { ports, operator, dryRun, body } = call;
      if (!opensEverything(operator)) {
        return refuseOwner(403, 'insufficient_scope', 'Insufficient scope, expected any of: management');
      }
      const read = readBody(onboardingBody, body);
      if (!read.ok) return read;
      const wanted = await wantedBy(call, read.value);
      if ('ok' in wanted) return wanted;
      const warnings = unusedMembers(body);
      if (dryRun) {
        const problem = await checkOnboarding(ports, wanted);
        return problem ? PROBLEMS[problem] : shown({ ...simulated(read.value, wanted), dry_run: true, warnings });
      }
      const passwordHash = await call.deps.passwords.hash(read.value.user.raw_password);
      const onboarded = await onboard(ports, operator.home.id, { ...wanted, user: { ...wanted.user, passwordHash } });
      if (!onboarded.made) return PROBLEMS[onboarded.problem];
      return { ok: true, status: 201, body: { ...show(onboarded), dry_run: false, warnings } };
    },
  },
];

const PROBLEMS: Readonly<Record<OnboardingProblem, OwnerRefusal>> = {
  'owner-taken': conflicting('An organization with this id or name already exists.'),
  'tenant-taken': conflicting('A tenant with this id, name or base URL already exists.'),
  'under-way': conflicting('The same onboarding is under way: repeat it in a minute, if it does not succeed.'),
  'other-keys': conflicting('An attempt that was cut off left other keys for this tenant: choose another tenant.id.'),
};

/** The request in the words of the lifecycle, or everything that is wrong with it. */
async function wantedBy(call: OwnerCall, body: OnboardingBody): Promise<Onboarding | OwnerRefusal> {
  const { deps, ports } = call;
  const { organization, tenant, authorization_server: server, user, client } = body;
  const imported = server.jwks === undefined ? { ok: true as const, keys: [] } : readImportedKeys(server.jwks);
  if (!imported.ok) return invalidRequest('The request is invalid.', imported.flaws);
  const id = tenant.id ?? ports.random.uuid();
  const domain = URL.parse(tenant.domain);
  const isTaken = domain !== null && (await deps.store.tenants.findByHost(placeOf(tenant.domain))) !== undefined;
  const place = placeFor({ ...tenant, id, ...optional('issuer', server.issuer) }, isTaken);
  if (!place.ok) return invalidRequest('The request is invalid.', [place.flaw]);
  const flaws = [...keyFlaws(imported.keys, server), ...(await passwordFlaws(call, user))];
  if (flaws.length > 0) return invalidRequest('The request is invalid.', flaws);

  const { token_signed_key_id: tokenKey, id_token_signed_key_id: idTokenKey } = server;
  const algorithmOf = (kid: string | undefined) => imported.keys.find((key) => key.id === kid)?.algorithm;
  const idTokenAlgorithm = algorithmOf(idTokenKey);
  const application = clientInputOf({ ...client, client_name: client.client_name ?? tenant.name });
  const signs = idTokenAlgorithm === undefined ? {} : { jwt_configuration: { alg: idTokenAlgorithm } };
  return {
    owner: organization,
    tenant: { id, name: tenant.name, baseUrl: place.baseUrl, ...optional('issuer', place.issuer) },
    keys: imported.keys,
    currentKeys: [tokenKey, idTokenKey].filter((kid) => kid !== undefined),
    ...optional('tokenAlgorithm', algorithmOf(tokenKey)),
    client: {
      ...application,
      // The administrator signs in by it.
      grantTypes: client.grant_types ?? ['authorization_code', 'refresh_token', 'password'],
      settings: { ...application.settings, ...signs },
    },
    user: {
      ...optional('id', user.sub?.replace(/^auth0\|/, '')),
      email: user.email,
      emailVerified: user.email_verified ?? false,
      ...optional('username', user.preferred_username?.includes('@') ? undefined : user.preferred_username),
      ...optional('name', user.name),
      ...optional('nickname', user.nickname),
      ...optional('givenName', user.given_name),
      ...optional('familyName', user.family_name),
    },
  };
}

/** Two keys of one algorithm cannot both be the one that signs. */
function keyFlaws(keys: readonly ImportedKey[], server: OnboardingBody['authorization_server']): string[] {
  const named = (['token_signed_key_id', 'id_token_signed_key_id'] as const).flatMap((member) => {
    const kid = server[member];
    return kid === undefined ? [] : [{ member, key: keys.find(({ id }) => id === kid) }];
  });
  const [one, other] = named;
  const clash = one?.key && other?.key && one.key !== other.key && one.key.algorithm === other.key.algorithm;
  return [
    ...named
      .filter(({ key }) => key === undefined)
      .map(({ member }) => `authorization_server.${member} names no key of jwks`),
    ...(clash ? ['token_signed_key_id and id_token_signed_key_id must not be two keys of one algorithm'] : []),
  ];
}

async function passwordFlaws({ deps }: OwnerCall, user: OnboardingBody['user']): Promise<string[]> {
  const { raw_password: password, email, name, preferred_username: username } = user;
  const owner = { email, ...optional('name', name), ...optional('username', username) };
  const flaw = await judgePassword(deps.passwords, {}, password, owner);
  return flaw ? [`user.raw_password: ${passwordErrorText(flaw)}`] : [];
}

function show({ owner, tenant, user, client, adminClient, roles }: Extract<Onboarded, { made: true }>) {
  return {
    organization: { id: owner.id, name: owner.name },
    tenant: showTenant(tenant),
    user: { ...showUser(user), roles: roles.map(({ name }) => name) },
    client: showClient(client, true),
    admin_client: { client_id: adminClient.id, client_secret: adminClient.secret },
    roles: roles.map(({ id, name, scopes }) => ({ id, name, permissions: [...scopes] })),
  };
}

/** What was given, without secrets: ids that would be made are not known. */
function simulated({ organization, tenant, user, client }: OnboardingBody, { tenant: made, user: { id } }: Onboarding) {
  const { raw_password: _password, ...person } = user;
  const { client_secret: _secret, ...application } = client;
  // Where it would be, as far as the caller has named it: without an id the place may hang on one that is made.
  const place = tenant.id === undefined ? {} : { base_url: made.baseUrl };
  const sub = id === undefined ? {} : { sub: `auth0|${id}` };
  return { organization, tenant: { ...tenant, ...place }, user: { ...person, ...sub }, client: application };
}
