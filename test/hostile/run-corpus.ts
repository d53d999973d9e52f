// Where attacks are run: the real sandbox, a victim in every cell, one attack at a time so that blame is clear.

import { availableParallelism } from 'node:os';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import type { RunRequest, RunResult, Sandbox, Script } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import type { Attack, AttackClass, End } from './attack.ts';
import { openNetwork } from './network.ts';
import { judge, type Verdict } from './verdict.ts';
import { startVictims, VICTIM } from './victims.ts';

/** How long victims are still counted for an attack: the return of a cell that was killed is its doing too. */
const AFTERMATH_MS = { soft: 20, hard: 250 };

/** Between the runs of one attack: time to make contexts ahead. */
const PAUSE_MS = 8;
const SAMPLE_MS = 25;
/** No script may make the server itself grow by more while it runs, megabytes: that is memory of all tenants. */
const MOST_GROWTH_MB = 256;

/** What became of one attack; plain data, so that it can be sent from process to process. */
export type Report = {
  id: string;
  class: AttackClass;
  end: End;
  detail: string;
  /** Anything that must not be: with one of these the wall has a hole. */
  complaints: string[];
  ms: number;
  /** How much the server's own process grew meanwhile, megabytes. */
  grewMb: number;
  /** Cells that were lost: of those for everybody, and of the quarantine. None of both: a soft attack. */
  cellsLost: number;
  quarantineLost: number;
  victimLogins: number;
  victimProblems: string[];
  victimAddedMs: number[];
};

export const isHard = ({ cellsLost, quarantineLost }: Report): boolean => cellsLost + quarantineLost > 0;

const STILL_HERE =
  'exports.onExecutePostLogin = async (event, api) => { api.idToken.setCustomClaim("still", "here"); };';

type Text = Pick<Script, 'source' | 'map'>;

function request(tenantId: string, text: Text, wallMs: number, secrets: Record<string, string>): RunRequest {
  return {
    tenantId,
    script: { versionId: `${tenantId}: ${text.source}`, fileName: 'action.js', ...text },
    trigger: 'post-login',
    handler: 'onExecutePostLogin',
    eventJson: JSON.stringify(postLoginSample),
    secretsJson: JSON.stringify(secrets),
    now: Date.now(),
    seed: `${tenantId} ${Math.random()}`,
    limits: DEFAULT_LIMITS,
    wallMs,
  };
}

function complaintOfNext(next: RunResult): string[] {
  if (!next.ok) return [`the tenant's own next login failed: ${next.fault.kind}: ${next.fault.message}`];
  const right = next.commands.length === 1 && next.commands[0]?.args[1] === 'here';
  return right ? [] : [`the tenant's own next login was wrong: ${JSON.stringify(next.commands).slice(0, 200)}`];
}

const rssMb = (): number => process.memoryUsage.rss() / (1024 * 1024);

/** Watches how large this process gets. */
function watchGrowth(): () => number {
  const before = rssMb();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, rssMb());
  }, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return Math.max(most, rssMb()) - before;
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export type Range = {
  /** Median of a victim's login when nothing else happens, milliseconds. */
  quietMs: number;
  cells: number;
  attack(attack: Attack): Promise<Report>;
  close(): Promise<void>;
};

/** Opens a sandbox of `cells` cells (as many as the machine has cores) with a victim in each. */
export async function openRange(cells = availableParallelism()): Promise<Range> {
  const lost = { cells: 0, quarantine: 0 };
  const note = (fields: Record<string, unknown>, message: string): void => {
    if (message !== 'a script host ended') return;
    if (fields.slot === cells) lost.quarantine++;
    else lost.cells++;
  };
  const network = await openNetwork();
  const builds = createBuilds();
  const egress = createEgress({ allow: network.allow, lookup: network.lookup });
  const blamed = new Set<string>();
  const sandbox: Sandbox = createSandbox({
    cells,
    egress,
    log: { info() {}, warn: note, error: note },
    onOffence: ({ kind, tenantId }) => {
      if (tenantId.startsWith(VICTIM)) blamed.add(`put into quarantine as ${kind}`);
    },
  });
  await sandbox.ready();
  const victims = await startVictims(sandbox, cells);
  let count = 0;

  async function textOf({ source, built }: Attack): Promise<Text> {
    if (!built) return { source };
    const made = await builds.build({ fileName: 'action.js', source, dependencies: [], modules: [] });
    if (made.ok) return { source: made.script, map: () => made.map };
    throw new Error(`an attack cannot be built: ${made.faults.map(({ message }) => message).join('; ')}`);
  }

  return {
    quietMs: victims.quietMs,
    cells,
    async attack(attack) {
      const tenantId = `attacker-${++count}-${attack.id}`;
      const text = await textOf(attack);
      lost.cells = 0;
      lost.quarantine = 0;
      if (blamed.size > 0) await victims.renew();
      blamed.clear();
      victims.reset();
      const growth = watchGrowth();
      const startedAt = performance.now();
      const verdicts: Verdict[] = [];
      for (let time = 0; time < attack.times; time++) {
        if (time > 0) await sleep(PAUSE_MS);
        verdicts.push(judge(attack, await sandbox.run(request(tenantId, text, attack.wallMs, network.secrets))));
      }
      const ms = performance.now() - startedAt;
      const next = await sandbox.run(request(tenantId, { source: STILL_HERE }, 20_000, {}));
      await sleep(lost.cells + lost.quarantine > 0 ? AFTERMATH_MS.hard : AFTERMATH_MS.soft);
      const toll = await victims.toll();
      const [{ end, detail }] = verdicts.slice(-1) as [Verdict];
      const complaints = [...new Set(verdicts.flatMap((verdict) => verdict.complaints))];
      const reached = network.takeHits();
      const grewMb = growth();
      if (grewMb > MOST_GROWTH_MB) complaints.push(`made the server grow by ${grewMb.toFixed(0)} MB`);
      if (reached > 0) complaints.push(`reached loopback ${reached} times`);
      return {
        id: attack.id,
        class: attack.class,
        end,
        detail: detail.slice(0, 200),
        complaints: [...complaints, ...complaintOfNext(next)],
        ms,
        grewMb,
        cellsLost: lost.cells,
        quarantineLost: lost.quarantine,
        victimLogins: toll.logins,
        victimProblems: [...toll.problems, ...blamed],
        victimAddedMs: toll.addedMs,
      };
    },
    async close() {
      await victims.stop();
      await sandbox.drain(1000);
      await Promise.all([egress.close(), builds.close()]);
      await network.close();
    },
  };
}
