// For the sandbox's own tests: a sandbox with real cells, and requests made from a few lines of script.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { postLoginSample } from '#actions/post-login-sample.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import type { RunRequest, RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { shutDown } from '#server/testing/shared-sandbox.ts';

const silent = { info() {}, warn() {}, error() {} };

/** Nothing can be reached. */
export const noEgress: Egress = {
  request: async () => ({ ok: false, code: 'ERR_EGRESS_REFUSED', message: 'nothing can be reached from here' }),
  close: async () => {},
};

/** Who counts processes counts only its own: what the harness started for another file of this worker ends first. */
export const openSandbox = async (cells = 1, egress = noEgress): Promise<Sandbox> => {
  await shutDown();
  const sandbox = createSandbox({ cells, egress, log: silent });
  await sandbox.ready();
  return sandbox;
};

/** A request for a whole source text; its version is the text's hash, so equal texts share their contexts. */
export const request = (source: string, over: Partial<RunRequest> = {}): RunRequest => ({
  tenantId: 'acme',
  script: { versionId: createHash('sha256').update(source).digest('hex'), fileName: 'action.js', source },
  trigger: 'post-login',
  handler: 'onExecutePostLogin',
  eventJson: JSON.stringify(postLoginSample),
  secretsJson: '{}',
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  seed: 'seed',
  limits: DEFAULT_LIMITS,
  wallMs: 20_000,
  ...over,
});

/** The same for the body of a handler, which begins on line 2. */
export const handler = (body: string, over: Partial<RunRequest> = {}): RunRequest =>
  request(`exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`, over);

/** What the script wrote to its console. */
export const lines = (result: RunResult): string[] => result.console.map(({ text }) => text);

/** `kind: message` of a failed run, `ok` of one that succeeded. */
export const outcome = (result: RunResult): string =>
  result.ok ? 'ok' : `${result.fault.kind}: ${result.fault.message}`;

/** Processes whose parent is `pid` and which run as cells. Linux only: elsewhere there are none. */
export function cellsOf(pid: number): number[] {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // The process ended between the listing and the look.
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => new RegExp(`^PPid:\\s+${pid}$`, 'm').test(read(`/proc/${name}/status`)))
    .filter((name) => read(`/proc/${name}/cmdline`).includes('--jitless'))
    .map(Number);
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
