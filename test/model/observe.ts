// Tests: what can be seen of a real login, in the words of the reference model: where it rests, which scripts ran and what
// they saw, what the tenant's log says, what is stored.
import type { Listening } from '#runtime/live-console.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { House } from '#test/kit/house.ts';
import { isSent } from './act.ts';
import type { Line, Rest, Run } from './rest.ts';

export function restOf({ login }: Shown): Rest {
  const { state } = login;
  switch (state.name) {
    case 'identifying':
      return { at: 'identifying' };
    case 'choosing':
      if (state.within) return { at: 'choosing a way', offers: state.offers.map(({ factor }) => factor) };
      return { at: 'choosing', to: state.to, offers: state.offers.map(({ factor }) => factor) };
    case 'challenging': {
      const { factor = 'none', via } = login.challenges.find(({ id }) => id === state.challengeId) ?? {};
      const offers = state.offers.map((offer) => offer.factor);
      const box = login.mfa.rememberable ?? 'never';
      return { at: 'challenging', factor, offers, box, ...(via === undefined ? {} : { by: via }) };
    }
    case 'enrolling': {
      const { enrollment } = state;
      const offers = state.offers.map(({ factor }) => factor);
      return { at: 'enrolling', factor: enrollment.factor, offers, sent: isSent(enrollment) };
    }
    case 'redirected':
      return state.ask.kind === 'form' ? { at: 'form' } : { at: 'away', url: state.ask.url };
    case 'completed': {
      const here = login.methods.filter((method) => method.in === 'transaction' && method.name === 'mfa');
      // At a client an address may be proven once by a challenge and once more by its enrollment.
      return { at: 'completed', proven: [...new Set(here.map(({ type }) => type ?? ''))] };
    }
    case 'denied':
      return { at: 'denied', code: state.code, reason: state.reason };
    default:
      throw new Error(`no login of the model is ever ${state.name}`);
  }
}

export type HeardRun = Run & { commands: { name: string; args?: unknown[] }[] };

/** The runs of one login, in order; waits a moment for as many as are expected. */
export async function heard(listening: Listening, loginId: string, expected: number): Promise<HeardRun[]> {
  const runs: HeardRun[] = [];
  for (;;) {
    const next = await listening.next(runs.length < expected ? 100 : 0);
    if (next.heard !== 'run') return runs;
    // What an earlier case left, which parted from the model before its end.
    if (next.run.transactionId !== loginId) continue;
    const { actionName, console: lines, commands } = next.run.result;
    runs.push({ action: actionName, saw: lines[0]?.text ?? '', commands });
  }
}

/** A person's tenant log lines from `offset` on, oldest first. */
export async function linesOf(house: House, userId: string, offset: number): Promise<Line[]> {
  const page = { offset, limit: 200 };
  const { records } = await house.store.logs.list(house.tenant.id, { userId, order: 'oldest', page });
  return records.map(({ type, description }) => ({ type, text: description }));
}

/** Metadata and confirmed authenticators of a person, as `Stored` of the model. */
export async function rowsOf({ store, tenant }: House, userId: string) {
  const [user, rows] = await Promise.all([
    store.users.find(tenant.id, userId),
    store.authenticators.ofUser(tenant.id, userId),
  ]);
  const has = (type: string) => rows.some((row) => row.type === type && row.confirmed);
  const kinds = { totp: 'otp', phone: 'phone', email: 'email' };
  const authenticators = Object.entries(kinds).flatMap(([type, factor]) => (has(type) ? [factor] : []));
  return { app: user?.appMetadata, user: user?.userMetadata, authenticators };
}
