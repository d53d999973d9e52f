// Server, harness: one script and one event in the real sandbox, with no login and no tenant around them: what asks the
// tenant (roles, groups) is refused, and calls out go where they are told.
import type { TriggerId } from '#actions/triggers.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import type { RunResult, Script } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { sharedSandbox } from './shared-sandbox.ts';

export type RunAlone = {
  script: Script;
  trigger: TriggerId;
  handler: string;
  event: unknown;
  secrets: Readonly<Record<string, string>>;
  /** Names of the shared modules that it uses. */
  modules: readonly string[];
  request: Egress['request'];
  now: number;
  seed: string;
};

export function runAlone({ event, secrets, modules, ...run }: RunAlone): Promise<RunResult> {
  return sharedSandbox().run({
    ...run,
    tenantId: 'alone',
    eventJson: JSON.stringify(event),
    secretsJson: JSON.stringify(secrets),
    ...(modules.length === 0
      ? {}
      : { moduleSecretsJson: JSON.stringify(Object.fromEntries(modules.map((name) => [name, {}]))) }),
    answer: async (operation) => ({
      ok: false,
      payload: JSON.stringify({ code: 'unavailable', message: `${operation} asks the tenant; there is none here.` }),
    }),
    limits: DEFAULT_LIMITS,
    wallMs: DEFAULT_LIMITS.wallMs,
  });
}
