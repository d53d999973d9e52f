// One script run in a fresh context, through the cell's process, against calling the same function here.
// Both spaced as logins are, so that neither lives off warm caches.

import type { PostLoginEvent } from '#actions/post-login.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';

export type BenchLine = {
  name: string;
  /** What was measured, with its unit in the name. */
  value: number;
  /** What it is compared with, in the same unit and from the same minute. */
  yardstick: number;
  ratio: number;
  goal: number;
  note: string;
};

const ROUNDS = 600;
const WARM_UP = 200;
const GAP_MS = 3;
const TENANTS = 8;

const SOURCE = `
exports.onExecutePostLogin = async (event, api) => {
  const namespace = 'https://example.com/';
  const roles = event.authorization.roles;
  api.idToken.setCustomClaim(namespace + 'roles', roles);
  globalThis.benchRuns = (globalThis.benchRuns ?? 0) + 1;
  api.accessToken.setCustomClaim(namespace + 'runs', globalThis.benchRuns);
  let enabled = 0;
  for (const name of Object.keys(event.user.app_metadata.flags)) if (event.user.app_metadata.flags[name].on) enabled++;
  api.user.setAppMetadata('enabled_flags', enabled);
  if (event.user.enrolledFactors.some((factor) => factor.type === 'otp')) {
    api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
  }
};`;

/** An event of about 5 KB: a user with a few identities and a table of feature flags. */
function makeEvent(): PostLoginEvent {
  const identities = Array.from({ length: 8 }, (_, i) => ({
    connection: `social-${i}`,
    provider: 'google-oauth2',
    user_id: `10000000000000000000${i}`,
    isSocial: true,
    profileData: {
      email: `someone${i}@example.com`,
      name: 'Someone',
      picture: `https://img.example.com/${'p'.repeat(60)}`,
    },
  }));
  const flags = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`feature_flag_${i}`, { on: i % 2 === 0, percent: i }]),
  );
  return { ...postLoginSample, user: { ...postLoginSample.user, identities, app_metadata: { plan: 'pro', flags } } };
}

type Handler = (event: unknown, api: unknown) => Promise<void>;

function loadHere(): Handler {
  const exported: { onExecutePostLogin?: Handler } = {};
  new Function('exports', SOURCE)(exported);
  if (exported.onExecutePostLogin === undefined) throw new Error('the script of the benchmark exports no handler');
  return exported.onExecutePostLogin;
}

function apiHere() {
  const commands: unknown[] = [];
  const record =
    (name: string) =>
    (...args: unknown[]) =>
      void commands.push([name, args]);
  const api = {
    idToken: { setCustomClaim: record('idToken.setCustomClaim') },
    accessToken: { setCustomClaim: record('accessToken.setCustomClaim') },
    user: { setAppMetadata: record('user.setAppMetadata') },
    authentication: { challengeWith: record('authentication.challengeWith') },
  };
  return { api, commands };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, GAP_MS));

function percentile(times: number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Times both in turn, each after a pause of its own, in microseconds; the first rounds are not counted. */
async function timeInTurn(here: () => Promise<void>, through: (round: number) => Promise<void>) {
  const times = { here: [] as number[], through: [] as number[] };
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    await pause();
    const start = performance.now();
    await here();
    const hereUs = (performance.now() - start) * 1000;
    await pause();
    const again = performance.now();
    await through(round);
    const throughUs = (performance.now() - again) * 1000;
    if (round < WARM_UP) continue;
    times.here.push(hereUs);
    times.through.push(throughUs);
  }
  return times;
}

/** p50 and p99 of one run; the yardstick is the handler called in this process with `structuredClone(event)`. */
export async function benchScriptRun(): Promise<BenchLine[]> {
  const quiet = { info() {}, warn() {}, error() {} };
  const sandbox = createSandbox({ log: quiet });
  await sandbox.ready();
  const event = makeEvent();
  const eventJson = JSON.stringify(event);
  const handler = loadHere();
  let commands = 0;
  let answered = 0;
  // The script counts its runs on the global object: 1 means that no run had this context before.
  let fresh = 0;
  const runHere = async (): Promise<void> => {
    const { api, commands: recorded } = apiHere();
    await handler(structuredClone(event), api);
    commands += recorded.length;
  };
  const runThrough = async (round: number): Promise<void> => {
    const result = await sandbox.run({
      tenantId: `tenant-${round % TENANTS}`,
      script: { versionId: 'bench-1', fileName: 'bench.js', source: SOURCE },
      trigger: 'post-login',
      handler: 'onExecutePostLogin',
      eventJson,
      secretsJson: '{}',
      now: Date.now(),
      seed: String(round),
      wallMs: 20_000,
    });
    if (!result.ok || result.commands.length !== 4)
      throw new Error(`the benchmark's run failed: ${JSON.stringify(result)}`);
    if (result.commands[1]?.args[1] === 1) fresh++;
    answered++;
  };
  const { here, through } = await timeInTurn(runHere, runThrough);
  await sandbox.drain(1000);
  if (commands !== 4 * (ROUNDS + WARM_UP)) throw new Error('the yardstick did not do the same work');
  const line = (name: string, share: number, goal: number): BenchLine => {
    const value = percentile(through, share);
    const yardstick = percentile(here, share);
    const note = `event ${eventJson.length} bytes, ${answered} runs in ${fresh} fresh contexts`;
    return { name, value, yardstick, ratio: value / yardstick, goal, note };
  };
  return [
    line('script run spaced 3 ms, p50 µs', 0.5, 4),
    line('script run spaced 3 ms, p99 µs', 0.99, Number.POSITIVE_INFINITY),
  ];
}
