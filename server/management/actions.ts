// Management: Actions: their drafts. Deployment and versions, and bindings, have files of their own.
import { z } from 'zod';
import { ACTION_LIMITS, type DraftRefusal, editAction, newAction } from '#runtime/lifecycle/action.ts';
import { deployAction } from '#runtime/lifecycle/action-deploy.ts';
import { removeAction } from '#runtime/lifecycle/bindings.ts';
import { MODULES_PER_ACTION } from '#runtime/lifecycle/module-uses.ts';
import { versionOf } from '#runtime/lifecycle/triggers.ts';
import type { ActionRecord } from '#storage/records.ts';
import { dependency, needsValue, secretList } from './action-fields.ts';
import { ACTIONS_MANNER, actionListing } from './action-listing.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { optional, text } from './fields.ts';
import { boolean, integer } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { actionShape, showAction } from './show-action.ts';
import { UNDO_CREATION, UNDO_DELETION, UNDO_DRAFT } from './undo-action.ts';
import { invalid } from './validation.ts';

const ACTIONS = actionListing('actions', actionShape, ACTIONS_MANNER);

const trigger = z.strictObject({ id: text(100), version: text(20).optional(), status: z.string().max(20).optional() });

const draft = {
  name: z.string().min(1).max(255),
  supported_triggers: z.array(trigger).min(1).max(1),
  code: z.string().optional(),
  runtime: z.string().max(100).optional(),
  dependencies: z
    .array(z.strictObject({ ...dependency, registry_url: z.string().max(2048).optional() }))
    .max(ACTION_LIMITS.dependencies)
    .optional(),
  secrets: secretList.optional(),
  modules: z
    .array(
      z.strictObject({
        module_id: text(255),
        module_name: z.string().max(255).optional(),
        module_version_id: text(255).optional(),
        module_version_number: integer(1, 1_000_000_000).optional(),
      }),
    )
    .max(MODULES_PER_ACTION)
    .optional(),
};

const creation = z.strictObject({ ...draft, deploy: z.boolean().optional() });
const change = z.strictObject({
  ...draft,
  name: draft.name.optional(),
  supported_triggers: draft.supported_triggers.optional(),
});

export const actionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/actions/actions',
    scopes: ['read:actions'],
    summary: 'List Actions',
    answers: ACTIONS.answers,
    query: z.strictObject({
      ...ACTIONS.query,
      triggerId: text(100).optional(),
      actionName: text(255).optional(),
      deployed: boolean.optional(),
      installed: boolean.optional(),
    }),
    async handle(call) {
      const { deps, tenant, query } = call;
      const { records } = await deps.store.actions.list(tenant.id);
      const found = records.filter(
        (action) =>
          (query.triggerId === undefined || action.trigger.id === query.triggerId) &&
          (query.actionName === undefined || action.name === query.actionName) &&
          (query.deployed === undefined || (action.deployedVersionId !== undefined) === query.deployed) &&
          query.installed !== true,
      );
      return ACTIONS.answer(query, found, (action) => present(call, action));
    },
  }),

  route({
    method: 'POST',
    path: '/actions/actions',
    scopes: ['create:actions'],
    undo: UNDO_CREATION,
    summary: 'Create an Action',
    answers: { 201: actionShape },
    body: creation,
    async handle(call) {
      const { ports, tenant, builder, body } = call;
      const [requested] = body.supported_triggers;
      if (!requested) return invalid('payload', 'Array is too short (0), minimum 1', 'supported_triggers');
      const action = await newAction(ports, tenant.id, {
        name: body.name,
        trigger: { id: requested.id, version: versionOf(requested.id, requested.version) },
        ...columns(body),
      });
      if ('refused' in action) return wordDraftRefusal(action);
      builder.start(
        action,
        body.deploy === true ? async () => void (await deployAction(ports, tenant.id, action.id)) : undefined,
      );
      return created(showAction(action, undefined));
    },
  }),

  route({
    method: 'GET',
    path: '/actions/actions/:id',
    scopes: ['read:actions'],
    summary: 'Get an Action',
    answers: { 200: actionShape },
    async handle(call) {
      const action = await call.deps.store.actions.find(call.tenant.id, call.param('id'));
      return action ? answer(await present(call, action)) : NOT_FOUND.action;
    },
  }),

  route({
    method: 'PATCH',
    path: '/actions/actions/:id',
    scopes: ['update:actions'],
    undo: UNDO_DRAFT,
    summary: 'Change the draft of an Action',
    answers: { 200: actionShape },
    body: change,
    async handle(call) {
      const { ports, tenant, body } = call;
      const requested = body.supported_triggers?.[0];
      const action = await editAction(ports, tenant.id, call.param('id'), {
        ...optional('name', body.name),
        ...(requested ? { trigger: { id: requested.id, version: versionOf(requested.id, requested.version) } } : {}),
        ...columns(body),
      });
      return 'refused' in action ? wordDraftRefusal(action) : answer(await present(call, action));
    },
  }),

  route({
    method: 'DELETE',
    path: '/actions/actions/:id',
    scopes: ['delete:actions'],
    undo: UNDO_DELETION,
    summary: 'Delete an Action',
    answers: { 204: NOTHING },
    query: z.strictObject({ force: boolean.optional() }),
    async handle({ ports, tenant, param, query }) {
      const outcome = await removeAction(ports, tenant.id, param('id'), { force: query.force === true });
      if (outcome === 'bound') return refuse(409, 'Unable to delete an action bound to a trigger.');
      if (outcome === 'named') return refuse(409, 'Unable to delete an action that a token exchange profile uses.');
      return outcome === 'missing' ? NOT_FOUND.action : empty();
    },
  }),
];

function columns(body: z.output<typeof change>) {
  return {
    ...optional('code', body.code),
    ...optional('runtime', body.runtime),
    ...optional('secrets', body.secrets),
    ...optional(
      'modules',
      body.modules?.map((given) => ({
        id: given.module_id,
        ...optional('name', given.module_name),
        ...optional('versionId', given.module_version_id),
        ...optional('number', given.module_version_number),
      })),
    ),
    ...optional(
      'dependencies',
      body.dependencies?.map(({ name, version, registry_url: registryUrl }) => ({
        name,
        version: version ?? 'latest',
        ...optional('registryUrl', registryUrl),
      })),
    ),
  };
}

/** Whoever looks at a draft that waits for its build makes sure that the build is under way. */
async function present({ deps, builder }: Incoming, action: ActionRecord): Promise<Record<string, unknown>> {
  builder.start(action);
  const { tenantId, deployedVersionId: id } = action;
  return showAction(action, id === undefined ? undefined : await deps.store.actionVersions.find(tenantId, id));
}

function wordDraftRefusal(refusal: DraftRefusal): Refusal {
  switch (refusal.refused) {
    case 'no-value':
      return needsValue(refusal.index);
    case 'missing':
      return NOT_FOUND.action;
    case 'trigger':
      return refuse(400, refusal.reason);
    case 'runtime':
      return refuse(400, 'runtime is not supported');
    case 'source-too-long':
      return invalidBody(`The code is too long (${refusal.bytes} bytes), maximum ${ACTION_LIMITS.sourceBytes}`);
    case 'modules':
      return invalidBody(refusal.reason);
    case 'too-many-actions':
      return refuse(403, `This tenant has reached the limit of ${ACTION_LIMITS.actions} actions.`, 'too_many_actions');
  }
}
