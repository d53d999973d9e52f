// A code that somebody shows: a try is taken first, then it is judged, by us or by the outside service that has made it, and
// always as the answer to the one challenge that this login has posed. Whatever is wrong with it, the answer is one.
import type { JsonObject, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { accountOf } from '../factors/account-of.ts';
import { isCode } from '../factors/one-time-code.ts';
import { connectionFor } from '../factors/password.ts';
import { counterpartOf } from '../interaction-names.ts';
import { checkBody } from '../interactions/request-schema.ts';
import { verified } from '../passwordless/verified.ts';
import type { LogDraft } from '../transaction/input.ts';
import type { PosedCode, ProvenMethod, Subject } from '../transaction/transaction.ts';
import { badRequest, type Refused, refuse, type Succeeded, tooMany, wrongCode } from './call.ts';
import { type CodeCall, posedKey } from './challenge.ts';
import { takeTry } from './limits.ts';
import { newcomer } from './newcomer.ts';
import { askOutside, prepared, requestContext, runsOutside } from './outside.ts';
import { addressField, mayStillProve, type Recipient, recipientOf } from './recipient.ts';

export async function verifyCode(call: CodeCall): Promise<Succeeded | Refused> {
  const { tx, interaction, configuration, body } = call;
  const { method } = interaction;
  const posed = tx.posed[method];
  if (!posed) {
    const wasPosed = (tx.interactions[counterpartOf(interaction)]?.successes ?? 0) > 0;
    return wasPosed
      ? wrongCode('The code was used already')
      : refuse('invalid_request', 'No verification code was requested');
  }
  const taken = await takeTry(call, method, posed);
  if (!taken.ok) {
    const logs = [
      { type: 'gd_otp_rate_limit_exceed', description: 'Too many wrong codes', details: about(call) } as const,
    ];
    return taken.which === 'code'
      ? wrongCode(`The code was tried ${posed.mostTries} times`, { logs })
      : tooMany('Too many wrong verification codes. Please try again later.', { logs });
  }
  const tried = { posed: { [method]: { ...posed, tries: posed.tries + 1 } } };
  const wrong = (reason: string) => ({ ...wrongCode(reason), ...tried, logs: [failedLog(call)] });
  const errors = checkBody(configuration.request?.schema, body);
  if (errors.length > 0) return { ...badRequest(call, errors), ...tried };
  if (call.ports.now() >= posed.expiresAt) return wrong('The code has expired');
  if (posed.tries >= posed.mostTries) return wrong(`The code was tried ${posed.mostTries} times`);
  // Somebody else's may have been asked for before this person was known.
  const recipient = await mayStillProve(call, call.channel, posed.to);
  if (!recipient) return wrong('The code was sent to an address that is not of this user');
  const other = await refuseOther(call, posed);
  if (other) return { ...other, ...tried };
  const judged = await judge(call, posed);
  if (!judged.ok) return { ...judged, ...(judged.unasked ? { changes: taken.refund } : tried) };
  const found = await proved(call, recipient, taken.refund);
  if (!found.ok) return { ...found, ...tried };
  return { ...judged, ...found, kept: { ...judged.kept, [posedKey(method)]: {} }, posed: { [method]: null } };
}

/** A service may judge by number or mailbox: a code is shown for the one that it went to. */
async function refuseOther(call: CodeCall, posed: PosedCode): Promise<Refused | undefined> {
  const given = call.body[addressField(call.channel)];
  if (given === undefined || given === null) return undefined;
  const found = await recipientOf(call, call.channel, given);
  if (!found.ok) return found;
  return found.recipient.to === posed.to ? undefined : wrongCode('The code was sent to another address');
}

type Judged = Pick<Succeeded, 'ok' | 'contents' | 'answer' | 'kept'>;

async function judge(call: CodeCall, posed: PosedCode): Promise<Judged | Refused> {
  const { ports, body } = call;
  if (runsOutside(call)) {
    const context = requestContext(call, withChallenge(call, body));
    const before = await prepared(call, context);
    const asked = before.ok ? await askOutside(call, before.reads) : before;
    return asked.ok ? { ok: true, contents: asked.reads, answer: {}, kept: asked.kept } : asked;
  }
  const { verification_code: code } = body;
  if (typeof code !== 'string') return badRequest(call, ['verification_code is missing']);
  const before = await prepared(call, requestContext(call, body));
  if (!before.ok) return before;
  const { id, codeMac, expiresAt } = posed;
  const isRight = codeMac !== undefined && isCode(id, code, { codeMac, expiresAt }, ports.mac, ports.now());
  if (!isRight) return { ...wrongCode('Wrong code'), logs: [failedLog(call)] };
  return { ok: true, contents: before.reads, answer: {} };
}

/**
 * The caller does not say which challenge is answered: with a code of another one, sent to a phone of their own, they would
 * pass as the owner of this one.
 */
function withChallenge({ tx, metadata, interaction }: CodeCall, body: JsonObject): JsonObject {
  const name = metadata.transaction_id_param ?? 'transaction_id';
  const { [name]: _said, ...rest } = body;
  const id = tx.kept[posedKey(interaction.method)]?.id;
  return id === undefined ? rest : { ...rest, [name]: id };
}

type Proved = { ok: true } & Pick<Succeeded, 'user' | 'subject' | 'draft' | 'method' | 'changes' | 'logs'>;

/** Whose address it is, and what is true of them from now on. */
async function proved(call: CodeCall, recipient: Recipient, refund: Change[]): Promise<Proved | Refused> {
  const { ports, tx, channel, caller } = call;
  const { to, whose } = recipient;
  const method = methodOf(call);
  const logs: LogDraft[] = [
    { type: 'gd_auth_succeed', description: 'Multifactor authentication successful', details: about(call) },
  ];
  if (whose === 'user') {
    const { user } = recipient;
    const changes = [...refund, ...verified(channel, user, to, ports.now())];
    // As the row is going to be: a policy that looks at what is verified judges by that.
    return { ok: true, user: withProved(channel, user, to), method, changes, logs };
  }
  if (whose === 'draft') {
    const draft = withProved(channel, recipient.user, to);
    return { ok: true, user: draft, draft, method, changes: refund, logs };
  }
  if (!recipient.user) {
    if (!call.step?.allow_registration) return { ...wrongCode('Nobody has this address'), logs: [failedLog(call)] };
    const made = await newcomer(call, channel, to);
    return made.ok ? { ...made, method, changes: refund } : made;
  }
  const opened = await accountOf(ports.store, recipient.user, to);
  if (!opened.ok) return refuse('access_denied', 'The user is not active.', { user: recipient.user });
  const { account } = opened;
  const subject = await subjectOf(call, account.id);
  const loggedIn: Change = {
    kind: 'user.logged-in',
    tenantId: tx.tenantId,
    id: account.id,
    at: ports.now(),
    ip: caller.ip,
  };
  const changes = [...refund, ...verified(channel, recipient.user, to, ports.now()), loggedIn];
  const known = account.id === recipient.user.id ? withProved(channel, account, to) : account;
  return { ok: true, user: known, subject, method, changes, logs: [] };
}

function withProved(channel: CodeCall['channel'], user: UserRecord, to: string): UserRecord {
  return channel === 'sms'
    ? { ...user, phoneNumber: to, phoneVerified: true }
    : { ...user, email: to, emailVerified: true };
}

async function subjectOf({ ports, tx, world }: CodeCall, userId: string): Promise<Extract<Subject, { kind: 'user' }>> {
  const { tenant, client } = world;
  const connection = client && (await connectionFor(ports.store, tenant, client, tx.request.connection));
  if (!connection) throw new Error('somebody was found in no connection');
  return {
    kind: 'user',
    userId,
    connectionId: connection.id,
    connection: connection.name,
    strategy: connection.strategy,
  };
}

/** A second factor once something else has shown who it is, and whenever a script has asked for one. */
function methodOf({ ports, tx, channel }: CodeCall): ProvenMethod {
  const type = channel === 'sms' ? 'phone' : 'email';
  const isAsked = tx.state.name === 'interacting' && tx.state.from.ask !== undefined;
  const isSecond =
    isAsked || tx.methods.some(({ name, type: other }) => name !== channel && !(name === 'mfa' && other === type));
  const base = { at: ports.now(), in: 'transaction' } as const;
  return isSecond ? { name: 'mfa', type, ...base } : { name: channel, ...base };
}

function failedLog(call: CodeCall): LogDraft {
  return { type: 'gd_auth_failed', description: 'Multifactor authentication failed: wrong code', details: about(call) };
}

const about = ({ channel }: CodeCall) => ({ authenticator: { type: channel === 'sms' ? 'phone' : 'email' } });
