// The run that benchmarks measure: a script of everyday size, an event of about 5 KB, and the same work without any wall
// as the yardstick. The script counts its runs on the global object, so that a context used twice would show.

import type { PostLoginEvent } from '#actions/post-login.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import type { RunRequest, RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';

export const SOURCE = `
exports.onExecutePostLogin = async (event, api) => {
  const namespace = 'https://example.com/';
  const roles = event.authorization.roles;
  api.idToken.setCustomClaim(namespace + 'roles', roles);
  globalThis.benchRuns = (globalThis.benchRuns ?? 0) + 1;
  api.accessToken.setCustomClaim(namespace + 'runs', globalThis.benchRuns);
  let enabled = 0;
  for (const flag of event.user.app_metadata.flags) if (flag.on) enabled++;
  api.user.setAppMetadata('enabled_flags', enabled);
  if (event.user.enrolledFactors.some((factor) => factor.type === 'otp')) {
    api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
  }
};`;

/** A user with linked identities and a list of feature flags; about 5 KB as JSON. */
function makeEvent(): PostLoginEvent {
  const identities = Array.from({ length: 8 }, (_, i) => ({
    connection: `social-${i}`,
    provider: 'google-oauth2',
    user_id: `10000000000000000000${i}`,
    userId: `10000000000000000000${i}`,
    isSocial: true,
    profileData: {
      email: `someone${i}@example.com`,
      name: 'Someone',
      picture: `https://img.example.com/${'p'.repeat(60)}`,
    },
  }));
  const flags = Array.from({ length: 40 }, (_, i) => ({ name: `feature_flag_${i}`, on: i % 2 === 0, percent: i }));
  return { ...postLoginSample, user: { ...postLoginSample.user, identities, app_metadata: { plan: 'pro', flags } } };
}

const event = makeEvent();
export const eventJson = JSON.stringify(event);
export const COMMANDS = 4;

const quiet = { info() {}, warn() {}, error() {} };
const noEgress: Egress = {
  request: async () => ({ ok: false, code: 'ERR_EGRESS_REFUSED', message: 'a benchmark calls nobody' }),
  close: async () => {},
};

export async function openSandbox(cells?: number): Promise<Sandbox> {
  const sandbox = createSandbox({ egress: noEgress, log: quiet, ...(cells === undefined ? {} : { cells }) });
  await sandbox.ready();
  return sandbox;
}

export const script = { versionId: 'bench-1', fileName: 'bench.js', source: SOURCE };

export const request = (tenantId: string, seed: string): RunRequest => ({
  tenantId,
  script,
  trigger: 'post-login',
  handler: 'onExecutePostLogin',
  eventJson,
  secretsJson: '{}',
  now: Date.now(),
  seed,
  limits: DEFAULT_LIMITS,
  wallMs: 20_000,
});

/** 1 when the run had a context of its own; throws when it did not do its work. */
export function countFresh(result: RunResult): number {
  if (!result.ok || result.commands.length !== COMMANDS) {
    throw new Error(`the benchmark's run failed: ${JSON.stringify(result)}`);
  }
  return result.commands[1]?.args[1] === 1 ? 1 : 0;
}

type Handler = (event: unknown, api: unknown) => Promise<void>;

/** The same work in this process, on a copy of the event; answers how many commands were recorded. */
export function loadHere(): () => Promise<number> {
  const exported: { onExecutePostLogin?: Handler } = {};
  new Function('exports', SOURCE)(exported);
  const handler = exported.onExecutePostLogin;
  if (handler === undefined) throw new Error('the script of the benchmark exports no handler');
  return async () => {
    const commands: unknown[] = [];
    const record =
      (name: string) =>
      (...args: unknown[]) =>
        void commands.push([name, args]);
    await handler(structuredClone(event), {
      idToken: { setCustomClaim: record('idToken.setCustomClaim') },
      accessToken: { setCustomClaim: record('accessToken.setCustomClaim') },
      user: { setAppMetadata: record('user.setAppMetadata') },
      authentication: { challengeWith: record('authentication.challengeWith') },
    });
    return commands.length;
  };
}
