// One interaction of the JSON flow, from its name and body to what it found out: whether it may run at all, how its
// configuration has it run, what is counted and what the tenant's security events say. Nothing is written here.
// Source: idp-server reference, §2 to §4.
import type { JsonObject, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { StepDefinition } from '../authentication-policy.ts';
import { counterpartOf, type KnownInteraction, knownInteraction } from '../interaction-names.ts';
import type { World } from '../pipeline/world.ts';
import { documentOf } from '../policies/document.ts';
import { judge } from '../policies/judge.ts';
import type { Judged } from '../policies/policy.ts';
import type { Caller, Ports } from '../ports.ts';
import { withCount } from '../transaction/gated.ts';
import type { Interacted } from '../transaction/input.ts';
import type { InteractionRequest, LoginTransaction } from '../transaction/transaction.ts';
import {
  type InteractionCall,
  type InteractionStage,
  notFound,
  type Refused,
  refuse,
  type Succeeded,
  tooMany,
} from './call.ts';
import { configurationFor } from './configuration.ts';
import { failureEvents, lockEvent, successEvents } from './events.ts';
import { answerOf, followUp } from './outside.ts';
import { otherUser, runInteraction } from './run.ts';

export async function interact(
  ports: Ports,
  stage: InteractionStage,
  { tx, world, caller }: { tx: LoginTransaction; world: World; caller: Caller },
  { interaction: name, body }: InteractionRequest,
): Promise<Interacted> {
  const interaction = knownInteraction(name);
  if (!interaction) return unheard(name, notFound(`Unsupported interaction type: ${name.slice(0, 100)}`));
  const configured = await configurationFor(ports, tx.tenantId, interaction, body);
  if (!configured.ok) return unheard(name, configured);
  const { configuration, metadata } = configured;
  const judged = standingOf(tx, world.user, world.roles);
  const step = stepFor(interaction, judged.policy?.step_definitions ?? []);
  const call: InteractionCall = {
    ...{ ports, stage, tx, world, caller, interaction, configuration, metadata, body },
    ...(judged.policy ? { policy: judged.policy } : {}),
    ...(step ? { step } : {}),
  };
  const result = notAllowed(call, judged) ?? (await runInteraction(call));
  return result.ok ? succeeded(call, judged, result) : failed(call, judged, result);
}

/** Of one interaction in one login: nobody asks a tenant's services through us any number of times. */
const MOST_CALLS = 100;

/** Neither counted nor told: nobody can run it. */
function unheard(interaction: string, { status, body }: Refused): Interacted {
  return { kind: 'interacted', interaction, answer: { status, body }, changes: [], deliver: [], logs: [] };
}

function standingOf({ gate, ...tx }: LoginTransaction, user: UserRecord | undefined, roles: readonly string[]): Judged {
  return judge(gate.kind === 'policy' ? gate.policies : [], documentOf(tx, user, roles));
}

/** What is said of this interaction, of its other half, or of the method. */
function stepFor(interaction: KnownInteraction, steps: readonly StepDefinition[]): StepDefinition | undefined {
  const own = steps.filter(({ method }) => method === interaction.method);
  return [interaction.name, counterpartOf(interaction), undefined]
    .map((name) => own.find((step) => step.interaction === name))
    .find((step) => step !== undefined);
}

function notAllowed({ tx, interaction }: InteractionCall, { standing, policy }: Judged): Refused | undefined {
  if (standing === 'locked') return refuse('access_denied', 'The authentication is locked.');
  if (standing === 'failure') return refuse('access_denied', 'The authentication has failed.');
  const { name, type, method } = interaction;
  if ((tx.interactions[name]?.calls ?? 0) >= MOST_CALLS) return tooMany('Too many calls in one login.');
  const available = policy?.enforce_available_methods === false ? [] : (policy?.available_methods ?? []);
  // What a script asks for afterwards is none of the policy's business.
  const isAsked = tx.state.name === 'interacting' && tx.state.from.ask !== undefined;
  if (isAsked || available.length === 0 || [name, type, method].some((each) => available.includes(each)))
    return undefined;
  return refuse('access_denied', `The authentication method is not available: ${method}`);
}

async function succeeded(call: InteractionCall, judged: Judged, result: Succeeded): Promise<Interacted> {
  const { tx, interaction } = call;
  const { subject, draft, user, contents, answer, method, kept, posed, changes = [], deliver = [], logs = [] } = result;
  const isKnown = tx.subject.kind === 'user';
  if (isKnown && subject && tx.subject.kind === 'user' && subject.userId !== tx.subject.userId) {
    return failed(call, judged, { ...otherUser(), ...(user ? { user } : {}) });
  }
  const counted = { as: 'success', operation: interaction.operation, method: interaction.method } as const;
  const failures = await followUp(call, contents);
  return {
    kind: 'interacted',
    interaction: interaction.name,
    counted,
    answer: { status: 200, body: bodyOf(call, answerOf(call, contents, answer), result) },
    ...(subject && !isKnown ? { subject } : {}),
    ...(draft ? { draft } : {}),
    ...(method ? { method } : {}),
    ...(kept ? { kept } : {}),
    ...(posed ? { posed } : {}),
    changes: [...changes, ...successEvents(call, result, failures), ...lockChanges(call, judged, counted, result)],
    deliver,
    logs,
  };
}

function failed(call: InteractionCall, judged: Judged, refused: Refused): Interacted {
  const { interaction } = call;
  const { status, body, uncounted, kept, posed, changes = [], logs = [], notice } = refused;
  const counted = { as: 'failure', operation: interaction.operation, method: interaction.method } as const;
  const lock = uncounted ? [] : lockChanges(call, judged, counted);
  return {
    kind: 'interacted',
    interaction: interaction.name,
    ...(uncounted ? {} : { counted }),
    answer: { status, body },
    ...(kept ? { kept } : {}),
    ...(posed ? { posed } : {}),
    changes: [...changes, ...failureEvents(call, refused), ...lock],
    deliver: [],
    logs,
    ...(notice ? { notice } : {}),
  };
}

/** What the service said stands as it is, but for who the person is. */
function bodyOf({ interaction, tx }: InteractionCall, mapped: JsonObject, { user, draft }: Succeeded): JsonObject {
  if (interaction.operation === 'CHALLENGE') return mapped;
  const { user: _theirs, ...said } = mapped;
  const isNew = draft !== undefined || tx.draft !== undefined;
  const known = user && { user: { sub: user.id, status: isNew ? 'INITIALIZED' : 'REGISTERED' } };
  return { status: 'success', ...said, ...known };
}

/**
 * With this call counted the policy may say that the account is to be locked: that of somebody who has shown who they are in
 * this login. Whoever only names an account locks nobody out.
 */
function lockChanges(
  call: InteractionCall,
  before: Judged,
  counted: NonNullable<Interacted['counted']>,
  { user: found, draft }: Pick<Succeeded, 'user' | 'draft'> = {},
): Change[] {
  const { ports, tx, world, interaction } = call;
  const user = found ?? world.user;
  const at = ports.now();
  const interactions = withCount(tx, interaction.name, counted, at);
  const after = standingOf({ ...tx, interactions }, user, world.roles);
  const isNew = tx.draft !== undefined || draft !== undefined;
  if (before.standing === 'locked' || after.standing !== 'locked' || !user || isNew) return [];
  return [{ kind: 'user.block', tenantId: tx.tenantId, id: user.id, at, except: tx.id }, lockEvent(call, user)];
}
