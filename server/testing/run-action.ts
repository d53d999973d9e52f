// Server, harness: one Action alone, with an event of the test's own: one run in the real sandbox, and no login around it.
// What needs a tenant (roles, groups, the cache) is not there; what a login would refuse is an error here as well.
import { checkCommands } from '#runtime/pipeline/commands.ts';
import type { RunResult } from '#runtime/sandbox/sandbox.ts';
import type { ActionRun, RanAction } from './action-run.ts';
import { createFakeClock } from './fake-clock.ts';
import { readScripts } from './local-scripts.ts';
import { SimulationError } from './misuse.ts';
import { runAlone } from './run-alone.ts';
import { projectOf } from './simulate-login.ts';
import { createStubbedNetwork } from './stubbed-network.ts';

/**
 * Runs an Action once.
 * @throws {SimulationError} where it cannot be built, or called out to an address that no route takes.
 */
export async function runAction({ action, event, handler, ...given }: ActionRun): Promise<RanAction> {
  const place = { project: await projectOf(given.project), secrets: given.secrets ?? {} };
  const [script] = await readScripts([action], place);
  if (!script) throw new SimulationError('there is no Action to run');
  const { versionId, fileName, map } = script;
  const network = createStubbedNetwork(given.fetch);
  const result = await runAlone({
    script: { versionId, fileName, source: script.script, map: () => map },
    trigger: 'post-login',
    handler: handler ?? 'onExecutePostLogin',
    event,
    secrets: script.secrets,
    modules: script.modules,
    request: network.egress.request,
    now: createFakeClock(given.now).now(),
    seed: given.seed ?? 'simulation',
  });
  network.check();
  return { ...told(result), calls: network.calls };
}

function told(result: RunResult): Omit<RanAction, 'calls'> {
  const console = result.console.map(({ text }) => text);
  if (!result.ok) {
    const { name, message, at } = result.fault;
    return { commands: [], console, error: { name, message, ...(at === undefined ? {} : { at }) } };
  }
  const checked = checkCommands([...result.commands]);
  if (!checked.ok) return { commands: [], console, error: { name: 'Error', message: checked.message } };
  return { commands: result.commands as RanAction['commands'], console, error: undefined };
}
