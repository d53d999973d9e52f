// The table of factors at the MFA API: what becomes of a challenge whose factor goes away while it is open.
import { expect } from 'vitest';
import type { Answer } from '../mfa-api/mfa-desk.ts';
import { askedAtClient, besideAtClient, bring, give, opens, request, type Waiting } from './at-client.ts';
import type { FactorDesk } from './desk.ts';
import type { Holding, Kind } from './kinds.ts';

type Beside = Waiting & { other: Kind; spare: Holding };

export async function removedAtClient(desk: FactorDesk, kind: Kind): Promise<void> {
  await byAnAdministrator(desk, kind);
  await byItsOwner(desk, kind);
  await beforeItIsAsked(desk, kind);
  await theLastOne(desk, kind);
  await switchedOff(desk, kind);
}

/** With it ends all that is open for its owner; after a new sign-in the other method is asked. */
async function byAnAdministrator(desk: FactorDesk, kind: Kind): Promise<void> {
  const waiting = await besideAtClient(desk, kind);
  const code = await give(waiting.own);
  await desk.remove(waiting.person, waiting.own.id);
  expect(await bring(desk, kind, waiting, code)).toMatchObject({ status: 401, body: { error: 'invalid_grant' } });
  await goesOn(desk, waiting, await desk.mfa.mfaToken(waiting.person.name));
}

/** In another window: what was answered is worth nothing, and the client goes on with the other method. */
async function byItsOwner(desk: FactorDesk, kind: Kind): Promise<void> {
  const waiting = await besideAtClient(desk, kind);
  const code = await give(waiting.own);
  await desk.house.store.authenticators.remove(desk.house.tenant.id, waiting.own.id);
  await goesOn(desk, waiting, tokenAfter(await bring(desk, kind, waiting, code), waiting));
}

/** The client has read of it, and asks for it when it is gone: it is told what there is, and its token is still good. */
async function beforeItIsAsked(desk: FactorDesk, kind: Kind): Promise<void> {
  // What a person keeps needs no challenge.
  if (kind.type === 'recovery-code') return;
  const waiting = await besideAtClient(desk, kind, { asks: false });
  const { token, own, other } = waiting;
  await desk.house.store.authenticators.remove(desk.house.tenant.id, own.id);
  const type = kind.type === 'otp' ? 'otp' : 'oob';
  const left = other.type === 'otp' ? 'otp' : 'oob';
  expect(await desk.mfa.call('POST', 'challenge', { body: { mfa_token: token, challenge_type: type } })).toMatchObject({
    status: 401,
    body: {
      error: 'unsupported_challenge_type',
      error_description: expect.stringContaining(`Supported type: ${left}`),
    },
  });
  await goesOn(desk, waiting, token);
}

/** Nothing is left to show: the login is over. */
async function theLastOne(desk: FactorDesk, kind: Kind): Promise<void> {
  const waiting = await askedAtClient(desk, kind);
  const code = await give(waiting.own);
  await desk.house.store.authenticators.remove(desk.house.tenant.id, waiting.own.id);
  const over = await bring(desk, kind, waiting, code);
  expect(over).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  expect(await desk.logged(waiting.person)).toContain('mfar');
}

/** For everybody, in the middle of the login. */
async function switchedOff(desk: FactorDesk, kind: Kind): Promise<void> {
  const waiting = await besideAtClient(desk, kind);
  const code = await give(waiting.own);
  await desk.without(kind.switch, async () => {
    await goesOn(desk, waiting, tokenAfter(await bring(desk, kind, waiting, code), waiting));
  });
}

/**
 * The client is told that another factor is wanted, with the token for it; or, where it had asked for nothing yet, what can
 * be asked for, and its token is still good.
 */
function tokenAfter({ status, body }: Answer, { token }: Waiting): string {
  expect(body).not.toHaveProperty('access_token');
  if (body.error === 'mfa_required') return String(body.mfa_token);
  expect({ status, error: body.error }).toEqual({ status: 401, error: 'unsupported_challenge_type' });
  return token;
}

async function goesOn(desk: FactorDesk, { other, spare, ...waiting }: Beside, token: string): Promise<void> {
  const oobCode = await request(desk, other, spare, token);
  await opens(desk, other, { ...waiting, own: spare, token, oobCode });
}
