// A new account, whichever door it is asked for at: whether there may be one, what the tenant's scripts say to it, and the
// row, which the door's own commit writes. Nothing here is written but what ran.
import { METADATA_BYTES } from '#actions/post-login/user.ts';
import type { PreUserRegistrationCommand } from '#actions/pre-user-registration-command.ts';
import type { ClientRecord, ConnectionRecord, Json, JsonObject, TenantRecord, UserRecord } from '#storage/records.ts';
import { readMailbox } from './factors/mailbox.ts';
import { connectionFor } from './factors/password.ts';
import { judgePassword, PASSWORD_LENGTH, type PasswordFlaw } from './lifecycle/judge-password.ts';
import { newUser } from './lifecycle/user.ts';
import { checkRegistrationCommands } from './pipeline/pre-user-registration-commands.ts';
import { preRegistrationEvent, type SignUpPlace } from './pipeline/registration-event.ts';
import { runTrigger, type TriggerRan, type TriggerStage } from './pipeline/run-trigger.ts';
import type { Caller, Ports } from './ports.ts';
import { judgeLeak } from './protection/breached-passwords.ts';
import { throttleAddress } from './protection/throttle.ts';
import type { SignUpRefusal } from './runtime.ts';
import type { LogPlace } from './tenant-log.ts';
import type { LogDraft } from './transaction/input.ts';
import type { LoginTransaction, Registration } from './transaction/transaction.ts';

/** Who wants an account, where. */
export type Applicant = {
  tenant: TenantRecord;
  client: ClientRecord;
  caller: Caller;
  /** The connection that was asked for by name; otherwise the one the client signs people in with. */
  connectionName?: string;
  /** The login it is part of. */
  tx?: LoginTransaction;
  /** Where the log lines of its scripts happen. */
  place: LogPlace;
};

/** `log`: the last word on the attempt; seldom one on one that came too soon, or the log would grow with every try. */
export type Registered = { log?: LogDraft } & (
  | { ok: true; user: UserRecord; connection: ConnectionRecord }
  | { ok: false; refusal: SignUpRefusal }
);

export async function register(
  ports: Ports,
  stage: TriggerStage,
  applicant: Applicant,
  given: Registration,
): Promise<Registered> {
  const { store } = ports;
  const { tenant, caller } = applicant;
  const registration = tidied(given);
  const typed = registration.email ?? registration.username;
  const said = typed === undefined ? {} : { userName: typed };
  const refuse = (refusal: SignUpRefusal, description: string, more: JsonObject = {}): Registered => ({
    ok: false,
    refusal,
    log: { type: 'fs', description, ...said, details: { error: { message: description }, ...more } },
  });

  const throttled = await throttleAddress(ports, tenant, 'pre-user-registration', caller.ip);
  if (!throttled.ok) {
    const { retryAfterSeconds, logs } = throttled;
    const [log] = logs;
    const refusal: SignUpRefusal = { kind: 'throttled', retryAfterSeconds };
    return { ok: false, refusal, ...(log ? { log: { ...log, ...said } } : {}) };
  }
  const connection = await connectionOf(ports, applicant);
  if (!connection) return refuse({ kind: 'no-connection' }, 'There is no connection to sign up to.');
  if (connection.options.disable_signup === true) return refuse({ kind: 'closed' }, 'Sign-up is disabled.');
  const flaw = flawOf(registration, connection.options);
  if (flaw) return refuse(flaw.refusal, flaw.text);
  const { email, username, password, profile, userMetadata } = registration;
  const owner = {
    ...profile,
    userMetadata,
    ...(email === undefined ? {} : { email }),
    ...(username === undefined ? {} : { username }),
  };
  const badPassword = await judgePassword(ports.passwords, connection.options, password, owner);
  if (badPassword) return refuse({ kind: 'bad-password', flaw: badPassword }, FLAW_TEXTS[badPassword.kind]);
  const leak = await judgeLeak(ports.breached, tenant, 'pre-user-registration', password);
  if (leak === 'refused') {
    const log = { type: 'signup_pwd_leak', description: 'Sign-up with a leaked password', ...said } as const;
    return { ok: false, refusal: { kind: 'leaked-password' }, log };
  }
  if (await isTaken(ports, connection, registration)) return refuse({ kind: 'exists' }, 'The user already exists.');

  const ran = await askScripts(ports, stage, applicant, connection, registration);
  const executions: JsonObject = ran.executions.length === 0 ? {} : { actions: { executions: ran.executions } };
  const judged = judgeRan(ran);
  if (!judged.ok) return refuse(judged.refusal, judged.text, { ...judged.details, ...executions });

  const shaped = shape(registration, judged.commands);
  const tooLarge = oversize(shaped);
  if (tooLarge !== undefined) return refuse({ kind: 'script-failed', reason: tooLarge }, tooLarge, executions);
  const user = newUser(ports, connection, {
    ...columns(registration),
    ...shaped,
    passwordHash: await ports.passwords.hash(password),
  });
  // A script may have chosen an id that somebody has.
  if (await store.users.find(tenant.id, user.id))
    return refuse({ kind: 'exists' }, 'The user already exists.', executions);
  const details = Object.keys(executions).length === 0 ? {} : { details: executions };
  return {
    ok: true,
    user,
    connection,
    log: { type: 'ss', description: 'Successful sign-up', ...said, userId: user.id, ...details },
  };
}

/** E-mail addresses are compared without regard to case everywhere; they are kept in one. */
function tidied(given: Registration): Registration {
  return given.email === undefined ? given : { ...given, email: given.email.toLowerCase() };
}

async function connectionOf(
  { store }: Ports,
  { tenant, client, connectionName }: Applicant,
): Promise<ConnectionRecord | undefined> {
  if (connectionName === undefined) return connectionFor(store, tenant, client);
  const named = await store.connections.findByKey(tenant.id, connectionName);
  return named?.strategy === 'auth0' && named.enabledClients.includes(client.id) ? named : undefined;
}

/** For the tenant's log. */
const FLAW_TEXTS: { readonly [Kind in PasswordFlaw['kind']]: string } = {
  weak: 'The password is too weak.',
  common: 'The password is too common.',
  personal: 'The password contains user information.',
  used: 'The password has been used before.',
};

const USERNAME = /^[a-zA-Z0-9_+\-.!#$'^`~@]+$/;
/** As phone numbers are kept. */
const NUMBER = /^\+[0-9]+$/;

type Flaw = { refusal: SignUpRefusal; text: string };

function flawOf({ email, username, password }: Registration, options: JsonObject): Flaw | undefined {
  const invalid = (field: 'email' | 'username' | 'password', missing: boolean): Flaw => ({
    refusal: { kind: 'invalid', field, missing },
    text: missing ? `The ${field} is missing.` : `The ${field} is not valid.`,
  });
  if (email === undefined) return invalid('email', true);
  if (readMailbox(email) === undefined) return invalid('email', false);
  if (options.requires_username === true && username === undefined) return invalid('username', true);
  if (username !== undefined && !isUsername(username, options)) return invalid('username', false);
  if (password === '') return invalid('password', true);
  if (password.length > PASSWORD_LENGTH) return invalid('password', false);
  return undefined;
}

/** One that looks like an address or a phone number would let its owner be taken for somebody else. */
function isUsername(username: string, { validation }: JsonObject): boolean {
  const own = isObject(validation) && isObject(validation.username) ? validation.username : {};
  const least = typeof own.min === 'number' ? own.min : 1;
  const most = typeof own.max === 'number' ? own.max : 15;
  return (
    username.length >= least &&
    username.length <= most &&
    USERNAME.test(username) &&
    !NUMBER.test(username) &&
    readMailbox(username) === undefined
  );
}

async function isTaken(
  { store }: Ports,
  { tenantId, name }: ConnectionRecord,
  { email, username, phoneNumber }: Registration,
): Promise<boolean> {
  const found = await Promise.all(
    [email, username, phoneNumber].map((typed) =>
      typed === undefined ? undefined : store.users.findByIdentifier(tenantId, name, typed),
    ),
  );
  return found.some((user) => user !== undefined);
}

type ScriptRefusal = Extract<SignUpRefusal, { kind: 'denied' | 'validation' | 'script-failed' }>;

/** What the scripts have said of an account that somebody wants: what they add to it, or that there is to be none. */
export function judgeRan(
  ran: TriggerRan<PreUserRegistrationCommand>,
):
  | { ok: true; commands: PreUserRegistrationCommand[] }
  | { ok: false; refusal: ScriptRefusal; text: string; details: JsonObject } {
  if (ran.outcome === 'done') return { ok: true, commands: ran.commands };
  if (ran.outcome === 'failed') {
    const { reason, details } = ran;
    return { ok: false, refusal: { kind: 'script-failed', reason }, text: reason, details };
  }
  const { by, actionName, redact } = ran;
  const details = { action_name: actionName };
  if (by.name === 'validation.error') {
    const said = { code: redact(by.code), message: redact(by.message) };
    const refusal: ScriptRefusal = { kind: 'validation', ...said };
    return { ok: false, refusal, text: said.message, details: { ...details, code: said.code } };
  }
  if (by.name !== 'access.deny') throw new Error(`a sign-up does not end by ${by.name}`);
  const reason = redact(by.reason);
  return { ok: false, refusal: { kind: 'denied', reason, userMessage: redact(by.userMessage) }, text: reason, details };
}

export function askScripts(
  ports: Ports,
  stage: TriggerStage,
  { tenant, client, caller, tx, place: logPlace }: Applicant,
  connection: ConnectionRecord,
  registration: Registration,
): Promise<TriggerRan<PreUserRegistrationCommand>> {
  const place = ports.geography.locate(caller.ip);
  const request = tx ? { request: tx.request } : {};
  const where: SignUpPlace = { tenant, client, connection, caller, place, ...request };
  const event = preRegistrationEvent(where, registration);
  return runTrigger<PreUserRegistrationCommand>(ports, stage, {
    tenant,
    trigger: 'pre-user-registration',
    handler: 'onExecutePreUserRegistration',
    event: () => event,
    check: checkRegistrationCommands,
    ends: ({ name }) => name === 'access.deny' || name === 'validation.error',
    place: logPlace,
    ...(tx ? { transactionId: tx.id } : {}),
  });
}

type Shaped = { id?: string; appMetadata: JsonObject; userMetadata: JsonObject };

/** What the scripts add to the row; of several words on one key the last one stands, and null takes the key away. */
export function shape({ userMetadata }: Registration, commands: readonly PreUserRegistrationCommand[]): Shaped {
  const app = new Map<string, Json>();
  const own = new Map<string, Json>(Object.entries(userMetadata));
  let id: string | undefined;
  for (const command of commands) {
    if (command.name === 'user.setUserId') id = command.userId;
    if (command.name !== 'user.setAppMetadata' && command.name !== 'user.setUserMetadata') continue;
    const target = command.name === 'user.setAppMetadata' ? app : own;
    if (command.value === null) target.delete(command.key);
    else target.set(command.key, command.value as Json);
  }
  const metadata = { appMetadata: Object.fromEntries(app), userMetadata: Object.fromEntries(own) };
  return id === undefined ? metadata : { id, ...metadata };
}

function oversize({ appMetadata, userMetadata }: Shaped): string | undefined {
  for (const [metadata, name] of [
    [appMetadata, 'app_metadata'],
    [userMetadata, 'user_metadata'],
  ] as const) {
    if (Buffer.byteLength(JSON.stringify(metadata)) > METADATA_BYTES)
      return `The scripts set more than ${METADATA_BYTES / 1024} KB of ${name}.`;
  }
  return undefined;
}

function columns({ email, username, profile }: Registration) {
  const own = username === undefined ? {} : { username };
  return { ...(email === undefined ? {} : { email }), ...own, ...profile };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
