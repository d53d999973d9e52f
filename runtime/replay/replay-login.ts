// One recorded login with other scripts: each is run on what was recorded, and its decision is held against that of then.
// Nothing is guessed: once a script decides what would have led elsewhere, what was recorded after it says nothing more.
import type { ExecutionRecord, TenantRecord } from '#storage/records.ts';
import type { Versions } from '../pipeline/plan.ts';
import { toScript } from '../pipeline/plan.ts';
import type { Ports } from '../ports.ts';
import type { ChangedDecision, ReplayRequest, ReplayScript } from '../replayed-logins.ts';
import {
  canonical,
  type Decision,
  decisionOf,
  differences,
  differing,
  feelsTheSame,
  isCut,
  NOTHING,
  stops,
} from './decision.ts';
import { type Recording, type Replayed, replayRun } from './replay-run.ts';
import { type ReplayStep, stepsOf } from './steps.ts';

/** What a replay of many logins keeps between them. */
export type ReplayStage = {
  ports: Pick<Ports, 'sandbox' | 'scriptLimits'>;
  versions: Versions;
  /** By version, how often in a row a script went over its limits. */
  overruns: Map<string, number>;
};

/** `runs`: made again; `same`: of those, how many decided as before. `tried`: whether anything could be. */
export type ReplayedLogin = { changes: ChangedDecision[]; runs: number; same: number; tried: boolean };

/** After so many in a row a script is not run any more: each may take seconds. */
const OVERRUNS = 3;
const OVERRUN: ReadonlySet<string> = new Set(['timeout', 'memory', 'crash', 'stalled', 'limit']);

type Came = { stands: true } | { stands: false; change: 'not_reached' | 'unknown'; reason: string };

export async function replayLogin(
  stage: ReplayStage,
  request: Pick<ReplayRequest, 'tenant' | 'drafts' | 'order'>,
  executions: readonly ExecutionRecord[],
): Promise<ReplayedLogin> {
  const { tenant } = request;
  const [first] = executions;
  const login: ReplayedLogin = { changes: [], runs: 0, same: 0, tried: false };
  if (!first) return login;
  const steps = stepsOf(executions, request);
  const wanted = steps.filter(({ script, gone, doubt }) => script || gone || doubt !== undefined);
  // Where nothing of what is tried has a part in it, it is as before: but that is said of recorded logins alone.
  login.tried = (wanted.length === 0 ? steps : wanted).some(
    ({ on, gone, doubt }) => gone || doubt !== undefined || recordingOf(on) !== undefined,
  );
  if (!login.tried) return login;

  const { transactionId = '', userId } = first;
  const tell = (
    { action, at }: ReplayStep,
    more: Omit<ChangedDecision, 'transactionId' | 'userId' | 'at' | 'action'>,
  ) => login.changes.push({ transactionId, ...(userId === undefined ? {} : { userId }), at, action, ...more });

  let came: Came = { stands: true };
  for (const step of steps) {
    if (!came.stands) {
      tell(step, { change: came.change, reason: came.reason });
      continue;
    }
    const tried = await tryStep(stage, tenant, step);
    if (tried === 'stands') continue;
    if ('doubt' in tried) {
      tell(step, { change: 'unknown', reason: tried.doubt });
      came = { stands: false, change: 'unknown', reason: `What ${step.action} would decide is not known.` };
      continue;
    }
    const { before, after, changed, unclear, unrecorded } = tried;
    if (tried.ran) login.runs += 1;
    const found = differences(before, after, changed);
    for (const difference of found) tell(step, difference);
    if (unclear.length > 0) {
      tell(step, {
        change: 'unknown',
        reason: `The version that ran then does not decide the same on this recording: ${unclear.join(', ')}.`,
      });
    }
    if (unrecorded.length > 0) tell(step, { change: 'unrecorded_call', calls: unrecorded });
    if (tried.ran && found.length === 0 && unclear.length === 0 && unrecorded.length === 0) login.same += 1;
    came = whatFollows(step, tried);
  }
  return login;
}

function whatFollows({ action }: ReplayStep, { before, after, changed, unclear }: Tried): Came {
  if (changed.length === 0 && unclear.length === 0) return { stands: true };
  if (stops(after) && !stops(before)) {
    return { stands: false, change: 'not_reached', reason: `${action} ends the login before.` };
  }
  if (feelsTheSame(before, after)) return { stands: true };
  return {
    stands: false,
    change: 'unknown',
    reason: `What comes after the new decision of ${action} was not recorded.`,
  };
}

/** `changed` and `unclear` name parts; those that are unclear differ, and so do they with the script of then. */
type Tried = {
  before: Decision;
  after: Decision;
  changed: string[];
  unclear: string[];
  unrecorded: string[];
  ran: boolean;
};

async function tryStep(
  stage: ReplayStage,
  tenant: TenantRecord,
  { then, on, script, gone, doubt }: ReplayStep,
): Promise<Tried | { doubt: string } | 'stands'> {
  if (doubt !== undefined) return { doubt };
  const before = then ? decisionOf(then) : NOTHING;
  const decided = { before, unclear: [], unrecorded: [] };
  if (gone) return { ...decided, after: NOTHING, changed: differing(before, NOTHING), ran: false };
  if (!script) return 'stands';
  const recording = recordingOf(on);
  if (!recording) return { doubt: on?.recorded && 'incomplete' in on.recorded ? on.recorded.incomplete : NOT_RECORDED };
  if (then && isCut(then)) return { doubt: 'What was commanded then was too large to keep.' };
  const overruns = stage.overruns.get(script.script.versionId) ?? 0;
  if (overruns >= OVERRUNS)
    return { doubt: 'It went over its limits several times in a row, and is not run any more.' };

  const mine = then
    ? recording
    : { ...recording, handler: 'onExecutePostLogin', seed: `${recording.seed} ${script.name}` };
  const now = await replayRun(stage.ports, tenant, script, mine);
  stage.overruns.set(script.script.versionId, OVERRUN.has(now.result.error?.id ?? '') ? overruns + 1 : 0);
  const after = decisionOf(now.result);
  if (isCut(now.result)) return { doubt: 'What it commands is too large to compare.' };
  const different = differing(before, after);
  const { unrecorded } = now;
  if (different.length === 0 || !then) return { before, after, changed: different, unclear: [], unrecorded, ran: true };

  // Something was left out of the recording, or the script throws dice of its own: then it is not the new one's doing.
  const again = await replayThen(stage, tenant, then, recording);
  const former = again ? decisionOf(again.result) : before;
  const faithful = (name: string) => same(former, before, name);
  return {
    before,
    after,
    changed: different.filter(faithful),
    unclear: different.filter((name) => !faithful(name) && !same(former, after, name)),
    unrecorded,
    ran: true,
  };
}

const NOT_RECORDED = 'This run was not recorded.';

const same = (one: Decision, other: Decision, name: string): boolean =>
  canonical(one.get(name)?.value) === canonical(other.get(name)?.value);

function recordingOf(result: ReplayStep['on']): Recording | undefined {
  return result?.recorded && !('incomplete' in result.recorded) ? result.recorded : undefined;
}

/** The version that ran then, on what was kept of its run; none where it is gone. */
async function replayThen(
  { ports, versions }: ReplayStage,
  tenant: TenantRecord,
  { versionId, actionName }: NonNullable<ReplayStep['then']>,
  recording: Recording,
): Promise<Replayed | undefined> {
  const version = await versions(tenant.id, versionId);
  if (!version) return undefined;
  const { secrets, modules, moduleSecrets } = version;
  const script: ReplayScript = {
    name: actionName,
    script: toScript(version, actionName),
    secrets,
    ...(modules ? { modules } : {}),
    ...(moduleSecrets ? { moduleSecrets } : {}),
  };
  return replayRun(ports, tenant, script, recording);
}
