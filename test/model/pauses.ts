// Tests, the reference model: what a person can do at each pause, and what does nothing there. Each waits until the person
// has got through.
import type { Factor, Move, Preferred } from './chain.ts';
import type { Box, Rest, Seen } from './rest.ts';
import type { Away } from './run.ts';

type Pause<Result> = Generator<Seen, Result, Move>;
/** How the last step went, beside where it led. */
type Said = Omit<Seen, 'rest'>;
const REFUSED: Said = { refused: true };

export type Shown = { factor: Factor; ticked: boolean };

/** Where a client brought a wrong one, nobody comes back to it. */
function* wrongPassword(): Pause<void> {
  yield { rest: { at: 'identifying' }, notice: 'wrong-credentials' };
}

function* password(): Pause<void> {
  let said: Said = {};
  for (;;) {
    const { act } = yield { rest: { at: 'identifying' }, ...said };
    if (act === 'on') return;
    said = act === 'wrong' ? { notice: 'wrong-credentials' } : REFUSED;
  }
}

function* away(to: Away): Pause<void> {
  const rest: Rest = to.kind === 'form' ? { at: 'form' } : { at: 'away', url: to.url };
  let said: Said = {};
  for (;;) {
    const { act } = yield { rest, ...said };
    if (act === 'on') return;
    said = REFUSED;
  }
}

/** The first factor, or a picker where there is a choice. */
const opening = (offers: Factor[], prefer: 'first' | 'any') =>
  prefer === 'first' || offers.length === 1 ? offers[0] : undefined;

/** A client asks for the next one at once. */
const next = (offers: Factor[], factor: Factor) => offers[(offers.indexOf(factor) + 1) % offers.length];

/** The row of the picker that a person presses. */
const picked = (offers: Factor[], pick = 0) => offers[pick % offers.length];

function* challenge(
  offers: Factor[],
  prefer: 'first' | 'any',
  box: Box,
  atClient: boolean,
  way: Preferred,
): Pause<Shown> {
  // Once a phone was reached it is reached in that way again.
  let by = way === 'both' ? undefined : way;
  // A client is told even of a single one, and nothing is sent before it asks.
  let factor = atClient ? undefined : opening(offers, prefer);
  let former: Factor | undefined;
  let said: Said = {};
  for (;;) {
    if (factor === undefined) {
      const move: Move = yield { rest: { at: 'choosing', to: 'challenge', offers }, ...said };
      said = {};
      if (move.act === 'on') factor = picked(offers, move.pick);
      else if (move.act === 'back' && former !== undefined) factor = former;
      else said = REFUSED;
      continue;
    }
    if (factor === 'phone' && by === undefined) {
      const move: Move = yield { rest: { at: 'choosing a way', offers }, ...said };
      said = {};
      if (move.act === 'on') by = (move.pick ?? 0) % 2 === 1 ? 'voice' : 'sms';
      else if (move.act === 'another' && offers.length > 1) {
        former = undefined;
        factor = undefined;
      } else said = REFUSED;
      continue;
    }
    const reached = factor === 'phone' && by !== undefined ? { by } : {};
    const move: Move = yield { rest: { at: 'challenging', factor, offers, box, ...reached }, ...said };
    said = {};
    switch (move.act) {
      case 'on':
        return { factor, ticked: box === 'always' || (box === 'offered' && move.remember === true) };
      case 'wrong':
        said = { notice: 'invalid-code' };
        break;
      case 'another':
        if (atClient) factor = next(offers, factor);
        else if (offers.length < 2) said = REFUSED;
        else {
          former = factor;
          factor = undefined;
        }
        break;
      case 'resend':
        // An app makes its codes itself.
        if (factor === 'otp') said = REFUSED;
        break;
      default:
        said = REFUSED;
    }
  }
}

function* enroll(offers: Factor[], prefer: 'first' | 'any', _box: Box, atClient: boolean): Pause<Shown> {
  let factor = atClient ? undefined : opening(offers, prefer);
  let sent = false;
  let said: Said = {};
  for (;;) {
    if (factor === undefined) {
      const move: Move = yield { rest: { at: 'choosing', to: 'enroll', offers }, ...said };
      said = {};
      sent = false;
      if (move.act === 'on') factor = picked(offers, move.pick);
      else said = REFUSED;
      continue;
    }
    const asksAddress: boolean = factor !== 'otp' && !sent;
    const move: Move = yield { rest: { at: 'enrolling', factor, offers, sent }, ...said };
    said = {};
    switch (move.act) {
      case 'on':
        if (!asksAddress) return { factor, ticked: false };
        sent = true;
        break;
      case 'wrong':
        said = { notice: !asksAddress ? 'invalid-code' : factor === 'email' ? 'invalid-email' : 'invalid-phone' };
        break;
      case 'another':
        if (atClient) {
          factor = next(offers, factor);
          sent = false;
        } else if (offers.length < 2) said = REFUSED;
        else factor = undefined;
        break;
      case 'back':
        // To another number or mailbox.
        if (sent) sent = false;
        else said = REFUSED;
        break;
      case 'resend':
        if (!sent) said = REFUSED;
        break;
      default:
        said = REFUSED;
    }
  }
}

export const pauseFor = { password, wrongPassword, away, challenge, enroll };
