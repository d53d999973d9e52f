// Server, hosted pages: what a page needs to know beside its login. Read fresh for every page, and only what the state of
// the login asks for.
import type { Person } from '#runtime/factors/factor.ts';
import { passkeyUi, takesPasskeys } from '#runtime/factors/passkey-settings.ts';
import { connectionFor } from '#runtime/factors/password.ts';
import { passwordRules } from '#runtime/lifecycle/password-policy.ts';
import type { PasswordRule } from '#runtime/lifecycle/password-rule.ts';
import { passwordlessConnections } from '#runtime/passwordless/connection.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type {
  ClientRecord,
  ConnectionRecord,
  OrganizationRecord,
  ResourceServerRecord,
  TenantRecord,
} from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Deps } from '../deps.ts';
import { findApi } from '../oauth/apis.ts';
import { type GateSurroundings, gateSurroundings } from './gate-surroundings.ts';
import type { ProfileField } from './profile-field.ts';
import { parseStoredForm, type StoredForm } from './stored-form/definition.ts';
import { passkeyOptions, type RequestOptions } from './webauthn-options.ts';

export type Surroundings = {
  /** The tenant as people know it. */
  brand: string;
  /** The application the person comes from, as people know it. */
  application: string;
  client?: ClientRecord;
  /** The one that the login is for. */
  organization?: OrganizationRecord;
  /** People of the application may log in with a password. */
  hasPasswords?: true;
  /** Connections that send codes, by how they reach people: what a code is asked of. */
  passwordless?: { sms?: string; email?: string };
  /** How to open an account; undefined where nobody can. */
  signUp?: { needsUsername: boolean; passwordRules: PasswordRule[]; asksFor?: ProfileField[] };
  /** Somebody who has forgotten a password may choose another one. */
  canReset?: true;
  /** Where codes go at the gate of a policy, masked. */
  reach?: NonNullable<GateSurroundings['reach']>;
  /** What is asked of the new password that somebody is about to choose. */
  passwordRules?: PasswordRule[];
  /** It matters what keys this browser can use. */
  usesKeys?: true;
  /** What a passkey is to sign in place of a password, where it may; and how pages offer it. */
  passkey?: { options: RequestOptions; ui: 'both' | 'autofill' | 'button' };
  /** Whose factors they are, while one is chosen, shown or enrolled. */
  person?: Person;
  /** How the person's authenticator app is to name the account; empty where the account has no name. */
  account: string;
  /** What can be asked of the API that the login is for, while it waits for the person's word on it. */
  apiScopes?: ResourceServerRecord['scopes'];
  /** The form that a script shows, while it exists. */
  form?: StoredForm;
};

export async function surroundingsOf(
  { store }: Pick<Deps, 'store'>,
  tenant: TenantRecord,
  login: RestedLogin,
): Promise<Surroundings> {
  const { clientId, organizationId, reply } = login.request;
  const [client, organization] = await Promise.all([
    store.clients.find(tenant.id, clientId),
    organizationId === undefined ? undefined : store.organizations.find(tenant.id, organizationId),
  ]);
  const brand = tenant.friendlyName ?? tenant.name;
  // Whoever looks after their account, or follows a link of ours, is on the way to no application.
  const isForUs = reply.by === 'page' && login.purpose !== 'password-reset';
  const plain: Surroundings = {
    brand,
    application: isForUs ? brand : (client?.name ?? clientId),
    account: '',
    ...(client ? { client } : {}),
    ...(organization ? { organization } : {}),
  };
  const { state, subject } = login;
  switch (state.name) {
    case 'identifying': {
      const { connection: asked } = login.request;
      const connection = client && (await connectionFor(store, tenant, client, asked));
      const passwordless = client ? await codesOf(store, client, asked) : undefined;
      return {
        ...plain,
        ...(passwordless ? { passwordless } : {}),
        ...(connection ? { hasPasswords: true, ...openOf(connection), ...keysAt(login, tenant, connection) } : {}),
      };
    }
    case 'gated': {
      const { connection: asked } = login.request;
      const connection = client && (await connectionFor(store, tenant, client, asked));
      const keys = connection ? keysAt(login, tenant, connection) : {};
      return { ...plain, ...keys, ...(await gateSurroundings(store, login, connection)) };
    }
    case 'choosing':
    case 'challenging':
    case 'enrolling':
    case 'suggesting': {
      const person = subject.kind === 'user' ? await personOf(store, tenant, subject.userId) : undefined;
      if (!person) return plain;
      const { email, username, phoneNumber } = person.user;
      return { ...plain, person, account: email ?? username ?? phoneNumber ?? '' };
    }
    case 'resetting': {
      const connection =
        subject.kind === 'user' ? await store.connections.find(tenant.id, subject.connectionId) : undefined;
      return connection ? { ...plain, passwordRules: passwordRules(connection.options) } : plain;
    }
    case 'consenting': {
      const { audience } = login.request;
      const api = audience === undefined ? undefined : await findApi(store, tenant, audience);
      return api ? { ...plain, apiScopes: api.scopes } : plain;
    }
    case 'redirected': {
      const { ask } = state;
      const record = ask.kind === 'form' ? await store.forms.find(tenant.id, ask.formId) : undefined;
      return record && ask.kind === 'form' ? { ...plain, form: parseStoredForm(record, ask) } : plain;
    }
    default:
      return plain;
  }
}

/** Of several connections that reach people in one way the first is asked, or the one that the request names. */
async function codesOf(
  store: Store,
  client: ClientRecord,
  asked: string | undefined,
): Promise<Surroundings['passwordless']> {
  const open = (await passwordlessConnections(store, client)).filter(
    ({ name }) => asked === undefined || name === asked,
  );
  const [sms, email] = ['sms', 'email'].map((way) => open.find(({ strategy }) => strategy === way)?.name);
  if (sms === undefined && email === undefined) return undefined;
  return { ...(sms === undefined ? {} : { sms }), ...(email === undefined ? {} : { email }) };
}

/** How people may come in without a password, and whether a key may be asked for afterwards. */
function keysAt(
  { passkeyChallenge }: RestedLogin,
  tenant: TenantRecord,
  connection: ConnectionRecord,
): Pick<Surroundings, 'usesKeys' | 'passkey'> {
  const takes = passkeyChallenge !== undefined && takesPasskeys(connection);
  const { factors } = tenant;
  return {
    ...(takes || factors['webauthn-platform'] || factors['webauthn-roaming'] ? { usesKeys: true } : {}),
    ...(takes ? { passkey: { options: passkeyOptions(passkeyChallenge, tenant), ui: passkeyUi(connection) } } : {}),
  };
}

async function personOf(
  { users, authenticators }: Pick<Store, 'users' | 'authenticators'>,
  tenant: TenantRecord,
  userId: string,
): Promise<Person | undefined> {
  const [user, owned] = await Promise.all([users.find(tenant.id, userId), authenticators.ofUser(tenant.id, userId)]);
  return user && { tenant, user, authenticators: owned };
}

/** What people may do themselves whose accounts are in a connection. */
function openOf({ options }: ConnectionRecord): Pick<Surroundings, 'signUp' | 'canReset'> {
  const signUp = { needsUsername: options.requires_username === true, passwordRules: passwordRules(options) };
  return {
    ...(options.disable_signup === true ? {} : { signUp }),
    ...(options.disable_self_service_change_password === true ? {} : { canReset: true }),
  };
}
