// Management: triggers, and which Actions are bound to them.
import { z } from 'zod';
import { type Bound, bindActions } from '#runtime/lifecycle/bindings.ts';
import { refuseBindings } from '#runtime/lifecycle/triggers.ts';
import type { BindingRecord } from '#storage/records.ts';
import { ACTIONS_MANNER, actionListing } from './action-listing.ts';
import { answer, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { optional, text } from './fields.ts';
import { type Incoming, type Route, route } from './route.ts';
import { bindingShape, showBinding } from './show-action.ts';
import { isTrigger, TRIGGERS, triggerShape } from './triggers.ts';
import { invalid, parse } from './validation.ts';

const PATH = '/actions/triggers/:trigger/bindings';

const binding = z.strictObject({
  ref: z.strictObject({ type: z.enum(['action_id', 'action_name', 'binding_id']), value: text(255) }),
  display_name: text(255).optional(),
  // Secrets of a binding are not there yet; tools send the empty list.
  secrets: z.array(z.unknown()).max(0).optional(),
});
/** Entries are judged one by one: the wire names one reason for all that is wrong with one. */
const list = z.strictObject({ bindings: z.array(z.unknown()) });

const BINDINGS = actionListing('bindings', bindingShape, ACTIONS_MANNER);

/** What audits and rehearsals see of a trigger: what is bound, in its order, as a change would name it, without any code. */
const bound = route({
  method: 'GET',
  path: PATH,
  scopes: ['read:actions'],
  summary: 'What is bound, without any code',
  answers: { 200: list },
  async handle({ deps, tenant, param }) {
    const bindings = await deps.store.bindings.list(tenant.id, param('trigger'));
    return answer({
      bindings: bindings.map(({ actionId, displayName }) => ({
        ref: { type: 'action_id', value: actionId },
        display_name: displayName,
      })),
    });
  },
});

export const bindingRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/actions/triggers',
    scopes: ['read:actions'],
    summary: 'List triggers',
    answers: { 200: z.strictObject({ triggers: z.array(triggerShape) }) },
    async handle() {
      return answer({ triggers: TRIGGERS });
    },
  }),

  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:actions'],
    summary: 'List what is bound to a trigger',
    query: z.strictObject(BINDINGS.query),
    answers: BINDINGS.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (!isTrigger(param('trigger'))) return NOT_FOUND.trigger;
      const bindings = await deps.store.bindings.list(tenant.id, param('trigger'));
      return BINDINGS.answer(query, bindings, (one) => present(call, one));
    },
  }),

  route({
    method: 'PATCH',
    path: PATH,
    scopes: ['update:actions'],
    summary: 'Bind Actions to a trigger',
    subject: bound,
    answers: { 200: z.strictObject({ bindings: z.array(bindingShape) }) },
    body: list,
    async handle(call) {
      const { ports, tenant, param, body } = call;
      if (!isTrigger(param('trigger'))) return NOT_FOUND.trigger;
      const inputs = [];
      for (const [index, entry] of body.bindings.entries()) {
        const parsed = parse('payload', binding, entry);
        if (!parsed.ok) return invalid('payload', "Data does not match any schemas from 'oneOf'", `bindings[${index}]`);
        const { ref, display_name: displayName } = parsed.value;
        inputs.push({ ref, ...optional('displayName', displayName) });
      }
      const unsupported = refuseBindings(param('trigger'));
      if (unsupported !== undefined && inputs.length > 0) return refuse(400, unsupported);
      const outcome = await bindActions(ports, tenant.id, param('trigger'), inputs);
      if (!outcome.bound) return wordRefusal(outcome);
      return answer({ bindings: await Promise.all(outcome.bindings.map((one) => present(call, one))) });
    },
  }),
];

async function present({ deps }: Incoming, record: BindingRecord): Promise<Record<string, unknown>> {
  const action = await deps.store.actions.find(record.tenantId, record.actionId);
  const id = action?.deployedVersionId;
  const deployed = id === undefined ? undefined : await deps.store.actionVersions.find(record.tenantId, id);
  return showBinding(record, action, deployed);
}

function wordRefusal(outcome: Extract<Bound, { bound: false }>): Refusal {
  switch (outcome.reason) {
    case 'too-many':
      return refuse(400, `At most ${outcome.most} action${outcome.most === 1 ? '' : 's'} can be bound to a trigger.`);
    case 'unknown':
      return refuse(400, `The action of bindings[${outcome.index}] does not exist.`);
    case 'ambiguous':
      return refuse(400, `More than one action has the name of bindings[${outcome.index}]; use its id.`);
    case 'other-trigger':
      return refuse(400, `The action of bindings[${outcome.index}] belongs to another trigger.`);
    case 'not-deployed':
      return refuse(400, 'Trying to create a binding for an action that has not been deployed yet.');
  }
}
