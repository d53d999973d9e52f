// Server, hosted pages: what a page needs to know beside its login. Read fresh for every page, and only what the state of
// the login asks for.
import { connectionFor } from '#runtime/factors/password.ts';
import { type PasswordRule, passwordRules } from '#runtime/lifecycle/password-policy.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { ClientRecord, ConnectionRecord, ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { findApi } from '../oauth/apis.ts';
import { parseStoredForm, type StoredForm } from './stored-form/definition.ts';

export type Surroundings = {
  /** The tenant as people know it. */
  brand: string;
  /** The application the person comes from, as people know it. */
  application: string;
  client?: ClientRecord;
  /** How to open an account; undefined where nobody can. */
  signUp?: { needsUsername: boolean; passwordRules: PasswordRule[] };
  /** Somebody who has forgotten a password may choose another one. */
  canReset?: true;
  /** What is asked of the new password that somebody is about to choose. */
  passwordRules?: PasswordRule[];
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
  const client = await store.clients.find(tenant.id, login.request.clientId);
  const plain: Surroundings = {
    brand: tenant.friendlyName ?? tenant.name,
    application: client?.name ?? login.request.clientId,
    account: '',
    ...(client ? { client } : {}),
  };
  const { state, subject } = login;
  switch (state.name) {
    case 'identifying': {
      const connection = client && (await connectionFor(store, tenant, client, login.request.connection));
      return connection ? { ...plain, ...openOf(connection) } : plain;
    }
    case 'enrolling': {
      const user = subject.kind === 'user' ? await store.users.find(tenant.id, subject.userId) : undefined;
      return { ...plain, account: user?.email ?? user?.username ?? user?.phoneNumber ?? '' };
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

/** What people may do themselves whose accounts are in a connection. */
function openOf({ options }: ConnectionRecord): Pick<Surroundings, 'signUp' | 'canReset'> {
  const signUp = { needsUsername: options.requires_username === true, passwordRules: passwordRules(options) };
  return {
    ...(options.disable_signup === true ? {} : { signUp }),
    ...(options.disable_self_service_change_password === true ? {} : { canReset: true }),
  };
}
