// Tests: the promises that stand above the model: tokens are only given to somebody who showed the factors that the
// chain demanded, and nobody adds a factor to an account that has one for its password alone. Judged by what the scripts really called and by the codes that the driver really gave; neither the
// product's nor the model's word is taken for it.
import type { Tenant } from './chain.ts';
import type { World } from './world.ts';

/** A right code that was given, to a challenge or to prove a new authenticator. */
export type Proof = { factor: string; by: 'challenge' | 'enrollment' };

type Commanded = { name: string; args?: unknown[] };
export type Demands = {
  asks: { kind: 'challenge' | 'enroll'; factors: string[] }[];
  endings: string[];
  enable?: string;
};

/** What the scripts of a login called for. */
export function demandsOf(runs: { commands: Commanded[] }[]): Demands {
  const demands: Demands = { asks: [], endings: [] };
  for (const { name, args = [] } of runs.flatMap(({ commands }) => commands)) {
    const [first, second] = args as [unknown, unknown];
    const others = (second as { additionalFactors?: unknown } | undefined)?.additionalFactors ?? [];
    if (name === 'authentication.challengeWith')
      demands.asks.push({ kind: 'challenge', factors: types([first, others].flat()) });
    if (name === 'authentication.challengeWithAny')
      demands.asks.push({ kind: 'challenge', factors: types([first].flat()) });
    if (name === 'authentication.enrollWith')
      demands.asks.push({ kind: 'enroll', factors: types([first, others].flat()) });
    if (name === 'authentication.enrollWithAny') demands.asks.push({ kind: 'enroll', factors: types([first].flat()) });
    if (['access.deny', 'validation.error', 'session.revoke'].includes(name)) demands.endings.push(name);
    if (name === 'multifactor.enable') demands.enable = String(first);
  }
  return demands;
}

const types = (factors: unknown[]) => factors.map((factor) => String((factor as { type?: unknown } | undefined)?.type));

type Facts = {
  proofs: Proof[];
  tenant: Tenant;
  /** This browser was remembered when the login began, and could stand in. */
  remembered: boolean;
  /** What opens the person's authenticators was asked for, and there are some. */
  opens?: boolean;
  world: World;
};

/** A factor was added to an account that has one before any of its own was shown. */
export const isBlind = ([first]: Proof[], hadOwn: boolean) => hadOwn && first?.by === 'enrollment';

/** The first demand that was not met; undefined when all were. */
export function unmetDemand(
  { asks, endings, enable }: Demands,
  { proofs, tenant, remembered, opens = false, world }: Facts,
): string | undefined {
  if (endings.length > 0) return `no tokens: ${endings.join()}`;
  const shown = new Set(proofs.map(({ factor }) => factor));
  for (const { kind, factors } of asks) {
    const isMet =
      factors.some((factor) => shown.has(factor)) ||
      (kind === 'challenge' && remembered) ||
      // Nothing is left to enroll.
      (kind === 'enroll' && factors.some((factor) => factor === 'email' || world.has[factor as 'otp'] === 'confirmed'));
    if (!isMet) return `${kind} one of ${factors.join()}`;
  }
  if (opens && shown.size === 0) return 'a factor of the account';
  const isWanted = enable === undefined ? tenant.policies.includes('all-applications') : enable !== 'none';
  return isWanted && shown.size === 0 && !remembered ? 'any second factor' : undefined;
}
