// The tenants beside an attack: one in every cell, each logging in every few milliseconds. What they lose, get wrong or wait
// for is the price of the attack.

import { isDeepStrictEqual } from 'node:util';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { place } from '#runtime/sandbox/placement.ts';
import type { RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';

/** How the names of victims begin. */
export const VICTIM = 'victim-';
const EVERY_MS = 10;
const QUIET_LOGINS = 60;
const SOURCE = `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('who', event.user.user_id);
  api.accessToken.setCustomClaim('mark', event.secrets.MARK);
};`;

/** `endedAt` undefined: not answered yet. Times of `performance.now()`. */
type Login = { startedAt: number; endedAt?: number; problem?: string };

export type VictimToll = {
  logins: number;
  /** What became of those that were wrong or lost. */
  problems: string[];
  /** Per login, milliseconds above the quiet median. */
  addedMs: number[];
};

/** Names of tenants such that every one of `cells` cells has one; others in each generation. */
function tenantsFor(cells: number, generation: number): string[] {
  const slots = Array.from({ length: cells }, (_, slot) => ({ slot }));
  const found = new Map<number, string>();
  for (let i = 0; found.size < cells; i++) {
    const slot = place(`${VICTIM}${generation}-${i}`, slots)?.slot;
    if (slot !== undefined && !found.has(slot)) found.set(slot, `${VICTIM}${generation}-${i}`);
  }
  return [...found.values()];
}

function problemOf(result: RunResult, userId: string, mark: string): string | undefined {
  if (!result.ok) return `refused a login: ${result.fault.kind}: ${result.fault.message}`;
  const right = [
    { name: 'idToken.setCustomClaim', args: ['who', userId] },
    { name: 'accessToken.setCustomClaim', args: ['mark', mark] },
  ];
  if (isDeepStrictEqual(result.commands, right) && result.console.length === 0) return undefined;
  return `given a wrong answer: ${JSON.stringify(result.commands).slice(0, 200)}`;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Starts the tenants and measures, before anything happens, how long their logins take. */
export async function startVictims(sandbox: Sandbox, cells: number) {
  let logins: Login[] = [];
  let count = 0;
  const underWay = new Set<Promise<void>>();

  async function logIn(tenantId: string): Promise<void> {
    const login: Login = { startedAt: performance.now() };
    logins.push(login);
    const userId = `auth0|${tenantId}-${++count}`;
    const mark = `mark of ${tenantId}`;
    const result = await sandbox.run({
      tenantId,
      script: { versionId: `script of ${tenantId}`, fileName: 'victim.js', source: SOURCE },
      trigger: 'post-login',
      handler: 'onExecutePostLogin',
      eventJson: JSON.stringify({ ...postLoginSample, user: { ...postLoginSample.user, user_id: userId } }),
      secretsJson: JSON.stringify({ MARK: mark }),
      now: Date.now(),
      seed: userId,
      limits: DEFAULT_LIMITS,
      wallMs: 20_000,
    });
    login.endedAt = performance.now();
    const problem = problemOf(result, userId, mark);
    if (problem !== undefined) login.problem = problem;
  }

  let generation = 0;
  let tenants = tenantsFor(cells, generation);
  for (let i = 0; i < QUIET_LOGINS; i++) {
    for (const tenantId of tenants) await logIn(tenantId);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  const quietMs = median(logins.map(({ startedAt, endedAt = startedAt }) => endedAt - startedAt));

  const timer = setInterval(() => {
    for (const tenantId of tenants) {
      const login = logIn(tenantId).finally(() => underWay.delete(login));
      underWay.add(login);
    }
  }, EVERY_MS);

  return {
    /** Median of a login when nothing else happens, milliseconds. */
    quietMs,
    /** Forgets what was before: whatever happens from now on is counted. */
    reset(): void {
      logins = logins.filter(({ endedAt }) => endedAt === undefined);
    },
    /** Waits for the logins under way and tells what was counted since `reset`. */
    async toll(): Promise<VictimToll> {
      const counted = [...logins];
      await Promise.all(underWay);
      return {
        logins: counted.length,
        problems: counted.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
        addedMs: counted.map(({ startedAt, endedAt = startedAt }) => Math.max(0, endedAt - startedAt - quietMs)),
      };
    },
    /** Others take the place of those who were blamed for an attack, so that its price is not counted again and again. */
    async renew(): Promise<void> {
      tenants = tenantsFor(cells, ++generation);
      await Promise.all(underWay);
      await Promise.all(tenants.map(logIn));
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}
