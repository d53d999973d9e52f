// When a browser that the person asked to be remembered stands in for a second factor, and when the box to tick is shown.
// Pure. Rules: actions-api reference, section 3.5.
import type { RememberedBrowserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { FactorAsk, LoginTransaction, Rememberable } from '../transaction/transaction.ts';
import { hasOnlyEmail } from './catalogue.ts';
import type { Person } from './factor.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Since the last login in it. */
const IDLE_MS = 7 * DAY_MS;
/** Since the last login in it in which a second factor was called for. */
const LONGEST_MS = 30 * DAY_MS;
/** The multi-factor policy of PAPE 1.0: a client that asks for it wants a factor shown now. */
export const MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** What is known of this browser. `risky`: the tenant's adaptive policy calls for a factor in this login. */
export type Remembered = { record?: RememberedBrowserRecord; risky: boolean; mfaAudience: string };

/** Whether the remembered browser meets this ask. */
export function standsIn(
  browser: Remembered,
  tx: LoginTransaction,
  ask: FactorAsk,
  person: Person,
  now: number,
): boolean {
  const { record } = browser;
  if (!record || now >= record.seenAt + IDLE_MS || now >= record.renewedAt + LONGEST_MS) return false;
  // A mailbox alone is no authenticator that could have been shown here.
  return !hasOnlyEmail(person) && rememberableFor(browser, tx, ask) !== 'never';
}

export function rememberableFor(
  { risky, mfaAudience }: Remembered,
  tx: LoginTransaction,
  ask: FactorAsk,
): Rememberable {
  if (risky || tx.request.acrValues.includes(MULTI_FACTOR) || tx.request.audience === mfaAudience) return 'never';
  if (ask.kind === 'challenge') return ask.shownAnew ? 'never' : 'offered';
  if (ask.kind === 'enroll') return 'never';
  const { enable } = tx.mfa;
  if (!enable) return ask.adaptive ? 'never' : 'offered';
  if (!enable.allowRememberBrowser) return 'never';
  return enable.provider === 'google-authenticator' || enable.provider === 'duo' ? 'always' : 'offered';
}

/** What the completing login writes down of the browser. */
export function rememberedChanges(
  tx: LoginTransaction,
  device: string,
  former: RememberedBrowserRecord | undefined,
  now: number,
): Change[] {
  if (tx.subject.kind !== 'user') return [];
  const { tenantId } = tx;
  const { userId } = tx.subject;
  if (tx.mfa.remember) {
    return [{ kind: 'browser.remember', browser: { tenantId, userId, device, renewedAt: now, seenAt: now } }];
  }
  // One that has run out stays so.
  if (!former || now >= former.seenAt + IDLE_MS || now >= former.renewedAt + LONGEST_MS) return [];
  const renewedAt = tx.mfa.called ? now : former.renewedAt;
  return [{ kind: 'browser.remember', browser: { ...former, renewedAt, seenAt: now } }];
}
