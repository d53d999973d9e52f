// Server, command line, `try`: one script, one event, one run in the real sandbox. Calls out are answered by stubs alone.
import { createHash } from 'node:crypto';
import type { TriggerId } from '#actions/triggers.ts';
import { checkCommands } from '#runtime/pipeline/commands.ts';
import type { RecordedCommand, RunResult } from '#runtime/sandbox/sandbox.ts';
import type { JsonObject } from '#storage/records.ts';
import type { ActionBuild } from '../../project/build-action.ts';
import { runAlone } from '../../testing/run-alone.ts';
import type { StubbedAnswer, StubbedCall } from '../../testing/simulation.ts';
import { createStubbedNetwork } from '../../testing/stubbed-network.ts';

export type Trial = {
  script: Extract<ActionBuild, { ok: true }>;
  trigger: TriggerId;
  handler: string;
  event: JsonObject;
  secrets: Readonly<Record<string, string>>;
  /** Names of the shared modules that it uses. */
  modules: readonly string[];
  stubs: Readonly<Record<string, StubbedAnswer>>;
};

export type Tried = {
  result: RunResult;
  /** As the script recorded them, what is refused included. */
  commands: readonly RecordedCommand[];
  calls: readonly StubbedCall[];
  /** Calls that no stub takes, or commands that a login would refuse. */
  faults: readonly string[];
};

export async function runOnce({ script, stubs, ...run }: Trial): Promise<Tried> {
  const network = createStubbedNetwork(stubs);
  const result = await runAlone({
    script: {
      versionId: createHash('sha256').update(script.script).digest('hex'),
      fileName: script.fileName,
      source: script.script,
      map: () => script.map,
    },
    ...run,
    request: network.egress.request,
    now: Date.now(),
    seed: 'trial',
  });
  const commands = result.ok ? result.commands : [];
  return {
    result,
    commands,
    calls: network.calls,
    faults: [...refused(run.trigger, commands), ...unexpected(network)],
  };
}

function refused(trigger: TriggerId, commands: readonly RecordedCommand[]): string[] {
  if (trigger !== 'post-login') return [];
  const checked = checkCommands([...commands]);
  return checked.ok ? [] : [checked.message];
}

/** The harness speaks to tests; here the address and the option are enough. */
function unexpected(network: ReturnType<typeof createStubbedNetwork>): string[] {
  try {
    network.check();
    return [];
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n') : [];
    return said.map((line) => {
      const call = /^A script called (\S+ \S+), and no route/.exec(line)?.[1];
      return call === undefined ? line : `${call} is answered by no --stub; nothing else answers in a trial.`;
    });
  }
}
