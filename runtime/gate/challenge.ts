// A code on its way to somebody's phone or mailbox, ours or an outside service's. Each is kept as one that we posed: where it
// went, until when it counts and how often it may be tried, so that the limits hold whoever has made the code.
import type { Json, JsonObject, MessageRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { admitMessage } from '../delivery/admit-message.ts';
import { codeMessage } from '../delivery/compose.ts';
import { newCode } from '../factors/one-time-code.ts';
import type { MappingContext } from '../interactions/interaction.ts';
import { MESSAGES_PER_LOGIN } from '../message-limit.ts';
import type { Interacted } from '../transaction/input.ts';
import type { PasswordlessStrategy, PosedCode } from '../transaction/transaction.ts';
import { type InteractionCall, type Refused, refuse, type Succeeded, tooMany } from './call.ts';
import { type CodeLimits, codeLimits } from './limits.ts';
import { answerOf, askOutside, prepared, requestContext, runsOutside } from './outside.ts';
import { addressField, type Recipient, recipientOf } from './recipient.ts';

/** Where the name of an outside service's challenge is kept, so that a code is judged together with it alone. */
export const posedKey = (method: string): string => `challenge of ${method}`;

export type CodeCall = InteractionCall & { channel: PasswordlessStrategy };

export async function challengeCode(call: CodeCall): Promise<Succeeded | Refused> {
  const { ports, tx, world, channel, body, configuration, metadata, interaction } = call;
  const field = addressField(channel);
  const found = await recipientOf(call, channel, body[field]);
  if (!found.ok) return found;
  const { recipient } = found;
  const limits = codeLimits(configuration.execution, metadata);
  const former = tx.posed[interaction.method];
  const resends = former ? former.resends + 1 : 0;
  const sentBefore = tx.interactions[interaction.name]?.successes ?? 0;
  const notice = { key: channel === 'sms' ? 'too-many-sms' : 'too-many-email' } as const;
  if (resends > limits.resends || Math.max(sentBefore, tx.messages) >= MESSAGES_PER_LOGIN) {
    return tooMany('Too many verification codes were requested.', { notice });
  }
  // A stranger counts by address alone: whose it is must not show in when the next one may be sent.
  const whose = recipient.whose === 'stranger' ? {} : { userId: recipient.user.id };
  const message = { channel, to: recipient.to, whose: { address: recipient.to, ...whose } };
  const admitted = await admitMessage(ports, world.tenant, message);
  if (!admitted.ok) {
    const { logs, fault } = admitted;
    return fault.code === 'country'
      ? refuse('invalid_request', 'Messages are not sent to this number.', {
          logs,
          notice: admitted.notice,
          reason: fault.detail,
        })
      : tooMany('Too many verification codes were requested.', { logs, notice: admitted.notice, reason: fault.detail });
  }
  const posed: PosedCode = {
    id: ports.random.uuid(),
    to: recipient.to,
    sentAt: ports.now(),
    expiresAt: ports.now() + limits.lifetimeMs,
    tries: former?.tries ?? 0,
    mostTries: former?.mostTries ?? limits.tries,
    resends,
  };
  const context = requestContext(call, { ...body, [field]: recipient.written });
  const before = await prepared(call, context);
  if (!before.ok) return before;
  return runsOutside(call)
    ? sendOutside(call, recipient, posed, before.reads)
    : sendOurs(call, recipient, posed, { reads: before.reads, limits });
}

async function sendOutside(
  call: CodeCall,
  recipient: Recipient,
  posed: PosedCode,
  context: MappingContext,
): Promise<Succeeded | Refused> {
  const { method } = call.interaction;
  const asked = await askOutside(call, context);
  if (!asked.ok) return asked;
  const named = nameOfChallenge(call, asked.kept, asked.reads);
  return {
    ok: true,
    contents: asked.reads,
    answer: {},
    ...(recipient.whose === 'stranger' ? {} : { user: recipient.user }),
    // Also where there is none: that of an earlier challenge does not stand for this one.
    kept: { ...asked.kept, [posedKey(method)]: named === undefined ? {} : { id: named } },
    posed: { [method]: posed },
  };
}

/** By which name the service knows its challenge: as it is kept, as callers are told, or as the service said. */
function nameOfChallenge(call: CodeCall, kept: Record<string, JsonObject>, reads: MappingContext): Json | undefined {
  const name = call.metadata.transaction_id_param ?? 'transaction_id';
  const { execution_http_request: single } = reads;
  const said = isObject(single) ? single.response_body : undefined;
  const places = [...Object.values(kept), answerOf(call, reads, {}), isObject(said) ? said : {}];
  return places.map((place) => place[name]).find((id) => typeof id === 'string' || typeof id === 'number');
}

/** Nobody's address is written to where only those are let in who are known, and nobody waits for what is sent there. */
async function sendOurs(
  call: CodeCall,
  recipient: Recipient,
  posed: PosedCode,
  { reads, limits }: { reads: MappingContext; limits: CodeLimits },
): Promise<Succeeded> {
  const { ports, tx, world, channel, interaction, step } = call;
  const { code, codeMac } = newCode(posed.id, ports.random, ports.mac);
  const isAwaited = recipient.whose !== 'stranger' || step?.allow_registration === true;
  const base = codeMessage({
    id: ports.random.uuid(),
    tenant: world.tenant,
    channel,
    to: recipient.to,
    code,
    kind: 'second-factor',
    locale: tx.request.locale,
    transactionId: tx.id,
    at: posed.sentAt,
    expiresAt: posed.expiresAt,
  });
  const worded = withWords(call, base, code, limits);
  const { transactionId: _awaited, ...unawaited } = worded;
  const insert: Change = { kind: 'message.insert', message: isAwaited ? worded : unawaited };
  const sends = isAwaited || recipient.user !== undefined;
  const expires_in = Math.round(limits.lifetimeMs / 1000);
  const contents = { transaction_id: posed.id, expires_in };
  const written: Partial<Pick<Interacted, 'deliver'>> = isAwaited ? { deliver: [base.id] } : {};
  return {
    ok: true,
    contents: { ...reads, ...contents },
    answer: contents,
    ...(recipient.whose === 'stranger' ? {} : { user: recipient.user }),
    posed: { [interaction.method]: { ...posed, codeMac, ...(isAwaited ? { messageId: base.id } : {}) } },
    changes: sends ? [insert] : [],
    ...written,
  };
}

/** As the configuration has it for this occasion; otherwise in the words of the tenant's templates, or in ours. */
function withWords(
  { body, tx, configuration, channel }: CodeCall,
  message: MessageRecord,
  code: string,
  { lifetimeMs }: CodeLimits,
): MessageRecord {
  const templates = configuration.execution?.details?.templates;
  const occasion = typeof body.template === 'string' ? body.template : tx.draft ? 'registration' : 'authentication';
  const template = isObject(templates) && Object.hasOwn(templates, occasion) ? templates[occasion] : undefined;
  if (!isObject(template) || typeof template.body !== 'string' || !message.about) return message;
  const fill = (text: string) =>
    text
      .replaceAll('{VERIFICATION_CODE}', code)
      .replaceAll('{EXPIRE_SECONDS}', String(Math.round(lifetimeMs / 1000)))
      .slice(0, LONGEST_MESSAGE);
  const { subject } = template;
  const verbatim = channel === 'email' && typeof subject === 'string' ? { subject: fill(subject) } : {};
  return { ...message, text: fill(template.body), about: { ...message.about, verbatim } };
}

const LONGEST_MESSAGE = 10_000;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
