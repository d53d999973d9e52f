// Server, harness: everything a person answers with: the app, the phone, the mailbox, security keys, the piece of paper. It
// reads what a person could see, and gives the right answer or one that is surely wrong.
import type { RestedLogin, Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Ceremony, Challenge, Enrollment } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { authenticatorCode } from '../dev/authenticator-code.ts';
import { type Person, phoneKey, recoveryCodeOf, softKeyOf } from './fixture-person.ts';
import { SimulationError } from './misuse.ts';
import { type Asked, createSoftKey, type SoftKey } from './soft-key.ts';

export type Surroundings = { deps: Deps; tenant: TenantRecord; person: Person };

export type Authenticators = {
  /** What answers the challenge. `code`: in place of the right one. */
  answer(challenge: Challenge, how: { right: boolean; code?: string; remember?: boolean }): Promise<DoorInput>;
  /** What proves the new authenticator; for a phone or a mailbox, once a code was sent to it. */
  prove(enrollment: Enrollment, how: { right: boolean; code?: string }): Promise<DoorInput>;
  /** What the person's phone says to the sign-in that it is asked about. */
  tellPush(challenge: Challenge, decision: 'approve' | 'refuse' | 'wrong-number'): Promise<void>;
  /** Takes note of what only the person is told: a new recovery code. */
  read(shown: Shown): void;
};

/** How long an app shows one code (RFC 6238 §4.1). */
const STEP_MS = 30_000;

export function createAuthenticators({ deps, tenant, person }: Surroundings): Authenticators {
  const { store, clock, random, runtime } = deps;
  /** Keys that were made in simulated logins, by their credential. */
  const made: SoftKey[] = [];
  let recoveryCode = recoveryCodeOf(person);

  const asked = (ceremony: Ceremony): Asked => ({ ...ceremony, origin: new URL(tenant.baseUrl).origin });

  async function sentCode(messageId: string | undefined, what: string): Promise<string> {
    const message = messageId === undefined ? undefined : await store.messages.find(tenant.id, messageId);
    if (message?.code === undefined) throw new SimulationError(`no code was sent by ${what}; look at login.logs`);
    return message.code;
  }

  /** Of the codes that an app shows around this moment, none. */
  function wrongDigits(...right: string[]): string {
    for (let code = 0; ; code++) {
      const text = String((111_111 + code) % 1_000_000).padStart(6, '0');
      if (!right.includes(text)) return text;
    }
  }

  const around = (secret: string): string[] =>
    [-60_000, -30_000, 0, 30_000, 60_000].map((by) => authenticatorCode(secret, Math.max(0, clock.now() + by)));

  /** A code is good once, so that a person waits for the next one; the app's clock may be one step ahead of ours. */
  function momentOf(used: number | undefined): number {
    const now = clock.now();
    const next = used === undefined ? now : (used + 1) * STEP_MS;
    if (next <= now + STEP_MS) return Math.max(now, next);
    throw new SimulationError("the app's codes of this moment were used already: call clock.advance('30 seconds')");
  }

  async function keyOf({ authenticatorId, factor }: Challenge): Promise<SoftKey> {
    const row = await store.authenticators.find(tenant.id, authenticatorId);
    const known = made.find(({ id }) => id === row?.credential?.id);
    if (known) return known;
    if (factor === 'webauthn-roaming' || factor === 'webauthn-platform') return softKeyOf(factor);
    throw new SimulationError(`no key of ${person.called} answers ${factor}`);
  }

  async function codeFor(challenge: Challenge, right: boolean): Promise<string> {
    const { factor, authenticatorId, messageId } = challenge;
    if (factor === 'recovery-code') return right ? recoveryCode : '0'.repeat(24);
    if (factor === 'otp' || factor === 'push-notification') {
      const { secret = '', totpStep } = (await store.authenticators.find(tenant.id, authenticatorId)) ?? {};
      return right ? authenticatorCode(secret, momentOf(totpStep)) : wrongDigits(...around(secret));
    }
    if (right) return sentCode(messageId, factor);
    const message = messageId === undefined ? undefined : await store.messages.find(tenant.id, messageId);
    return wrongDigits(message?.code ?? '');
  }

  const authenticators: Authenticators = {
    async answer(challenge, { right, code, remember = false }) {
      if (challenge.ceremony && code === undefined) {
        const key = await keyOf(challenge);
        const response = key.get(asked(challenge.ceremony), right ? {} : { forged: true });
        return { kind: 'asserted', response, remember };
      }
      if (challenge.number !== undefined && code === undefined) {
        await authenticators.tellPush(challenge, right ? 'approve' : 'wrong-number');
        return { kind: 'polled', remember };
      }
      return { kind: 'responded', code: code ?? (await codeFor(challenge, right)), remember };
    },

    async prove(enrollment, { right, code }) {
      switch (enrollment.factor) {
        case 'otp': {
          const { secret } = enrollment;
          const own = right ? authenticatorCode(secret, clock.now()) : wrongDigits(...around(secret));
          return { kind: 'responded', code: code ?? own };
        }
        case 'phone':
        case 'email': {
          const sent = await sentCode(enrollment.sent?.messageId, enrollment.factor);
          return { kind: 'responded', code: code ?? (right ? sent : wrongDigits(sent)) };
        }
        case 'recovery-code':
          recoveryCode = enrollment.code;
          return { kind: 'responded', code: code ?? enrollment.code };
        case 'push-notification': {
          const enrolled = right && (await enrollPhone(enrollment.key));
          if (right && !enrolled) throw new SimulationError('the picture that enrolls a phone has run out', 'expired');
          return { kind: 'polled' };
        }
        default: {
          const key = createSoftKey(Buffer.from(random.hex(32), 'hex'));
          if (right) made.push(key);
          const twist = right ? {} : { challenge: 'c29tZXRoaW5nIGVsc2U' };
          return { kind: 'asserted', response: key.create(asked(enrollment.ceremony), twist) };
        }
      }
    },

    async tellPush({ authenticatorId, id, number = '' }, decision) {
      const device = await runtime.push.find(tenant, authenticatorId);
      const request = device && (await runtime.push.pending(tenant, device)).find((each) => each.id === id);
      if (!device || !request)
        throw new SimulationError('the phone is asked nothing: the sign-in has run out, or was answered', 'expired');
      const other = request.choices.find((choice) => choice !== number) ?? `${number}0`;
      const chosen = decision === 'approve' ? number : other;
      await runtime.push.answer(
        tenant,
        device,
        decision === 'refuse' ? { requestId: id, kind: 'refuse' } : { requestId: id, kind: 'approve', number: chosen },
      );
    },

    read({ login, recoveryCode: renewed }) {
      recoveryCode = renewed ?? noted(login) ?? recoveryCode;
    },
  };

  async function enrollPhone(key: string): Promise<boolean> {
    const enrolled = await runtime.push.enroll(tenant, key, { name: 'Phone', publicKey: phoneKey() });
    const device = enrolled.ok ? await runtime.push.find(tenant, enrolled.deviceId) : undefined;
    // A phone that has kept its keys says so.
    if (device) await runtime.push.pending(tenant, device);
    return device !== undefined;
  }

  return authenticators;
}

function noted({ state }: RestedLogin): string | undefined {
  if (state.name !== 'informing') return undefined;
  const note = state.notes.find(({ kind }) => kind === 'recovery-code');
  return note?.kind === 'recovery-code' ? note.code : undefined;
}
