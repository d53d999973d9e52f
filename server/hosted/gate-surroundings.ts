// Server, hosted pages: what the pages of a login at the gate of a policy need to know: which ways the policy leaves open, what
// a new account is asked for, and where a person whose password was right can be reached.
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import { passwordRules } from '#runtime/lifecycle/password-policy.ts';
import type { PasswordRule } from '#runtime/lifecycle/password-rule.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { Gate, GatedFactor } from '#runtime/transaction/transaction.ts';
import type { ConnectionRecord, Json, JsonObject, UserRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { PROFILE_FIELDS, type ProfileField } from './profile-field.ts';

export type GateSurroundings = {
  hasPasswords?: true;
  canReset?: true;
  signUp?: { needsUsername: boolean; passwordRules: PasswordRule[]; asksFor: ProfileField[] };
  /** Where codes go, masked. */
  reach?: { [Factor in GatedFactor]?: string };
};

type Needs = Pick<Store, 'authenticationConfigurations' | 'users'>;

/** @param connection the one whose people the application takes, as far as it has one. */
export async function gateSurroundings(
  store: Needs,
  login: RestedLogin,
  connection: ConnectionRecord | undefined,
): Promise<GateSurroundings> {
  const { gate, subject, tenantId } = login;
  if (subject.kind !== 'none') return { hasPasswords: true, ...(await reachOf(store, login, subject.userId)) };
  if (!connection) return {};
  const { options } = connection;
  const [sms, registration] = await Promise.all([
    isOpen(gate, 'sms') ? store.authenticationConfigurations.findByKey(tenantId, 'sms') : undefined,
    store.authenticationConfigurations.findByKey(tenantId, 'initial-registration'),
  ]);
  const schema = registration?.enabled ? schemaOf(registration.interactions) : undefined;
  const signUp = {
    needsUsername: options.requires_username === true || isRequired(schema, 'preferred_username'),
    passwordRules: passwordRules(options),
    asksFor: fieldsOf(schema, sms?.enabled === true),
  };
  return {
    ...(isOpen(gate, 'password') ? { hasPasswords: true } : {}),
    ...(options.disable_self_service_change_password === true ? {} : { canReset: true }),
    ...(options.disable_signup !== true && isOpen(gate, 'initial-registration') ? { signUp } : {}),
  };
}

/** While nobody is known, the policy counts that asks nothing about the person: the last. */
function isOpen(gate: Gate, method: string): boolean {
  const available = gate.kind === 'policy' ? (gate.policies.at(-1)?.available_methods ?? []) : [];
  return available.length === 0 || available.includes(method);
}

/**
 * What a person fills in beside address and password: what the tenant's own schema declares, and a phone number wherever
 * text messages are sent, since nobody could go on without one.
 */
function fieldsOf(schema: JsonObject | undefined, sendsMessages: boolean): ProfileField[] {
  return PROFILE_FIELDS.flatMap(({ name, parameter }) => {
    const isForMessages = parameter === 'phone_number' && sendsMessages;
    if (schema ? !isDeclared(schema, parameter) : !isForMessages) return [];
    return [{ name, required: isForMessages || isRequired(schema, parameter) }];
  });
}

function schemaOf(interactions: JsonObject): JsonObject | undefined {
  return objectAt(objectAt(objectAt(interactions, 'initial-registration'), 'request'), 'schema');
}

function isDeclared(schema: JsonObject, parameter: string): boolean {
  return Object.hasOwn(objectAt(schema, 'properties') ?? {}, parameter);
}

function isRequired(schema: JsonObject | undefined, parameter: string): boolean {
  return Array.isArray(schema?.required) && schema.required.includes(parameter);
}

function objectAt(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value: Json | undefined = parent && Object.hasOwn(parent, key) ? parent[key] : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

/** Where codes would go. Somebody new is known to their login alone. */
async function reachOf({ users }: Needs, login: RestedLogin, userId: string): Promise<Pick<GateSurroundings, 'reach'>> {
  const user: UserRecord | undefined = login.draft ?? (await users.find(login.tenantId, userId));
  if (!user) return {};
  const { phoneNumber, email } = user;
  return {
    reach: {
      ...(phoneNumber === undefined ? {} : { phone: maskPhone(phoneNumber) }),
      ...(email === undefined ? {} : { email: maskEmail(email) }),
    },
  };
}
