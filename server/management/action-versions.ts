// Management: deployment of Actions, and the versions it leaves behind.
import { z } from 'zod';
import { type Deployed, deployAction, redeployVersion } from '#runtime/lifecycle/action-deploy.ts';
import { isOutdated } from '#runtime/lifecycle/triggers.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import { ACTIONS_MANNER, actionListing } from './action-listing.ts';
import { type Answer, answer, NOT_FOUND, refuse } from './answer.ts';
import { text } from './fields.ts';
import { type Incoming, type Route, route } from './route.ts';
import { actionVersionShape, showVersionOf } from './show-action.ts';
import { UNDO_DEPLOYMENT } from './undo-action.ts';
import { type Side, showDiff, sideOfDraft, sideOfVersion, versionDiffShape } from './version-diff.ts';
import { whenBuilt } from './when-built.ts';

/** Clients wait for the build as long as a refusal holds these words. */
const NOT_BUILT = refuse(400, "A draft must be in the 'built' state before it can be deployed.");
const BASE = '/actions/actions/:id';
/** So long a deployment waits for a build that is under way; one with packages takes ten seconds. */
const BUILD_MS = 30_000;

const VERSIONS = actionListing('versions', actionVersionShape, ACTIONS_MANNER);

export const actionVersionRoutes: Route[] = [
  route({
    method: 'POST',
    path: `${BASE}/deploy`,
    scopes: ['create:actions'],
    undo: UNDO_DEPLOYMENT,
    summary: 'Deploy the draft of an Action',
    answers: { 200: actionVersionShape },
    async handle(call) {
      const draft = await call.deps.store.actions.find(call.tenant.id, call.param('id'));
      if (draft) await whenBuilt(call, draft, BUILD_MS);
      return answerDeployed(call, await deployAction(call.ports, call.tenant.id, call.param('id')), NOT_FOUND.action);
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/versions`,
    scopes: ['read:actions'],
    summary: 'List the versions of an Action',
    query: z.strictObject(VERSIONS.query),
    answers: VERSIONS.answers,
    async handle({ deps, tenant, param, query }) {
      const action = await deps.store.actions.find(tenant.id, param('id'));
      if (!action) return NOT_FOUND.action;
      const { records } = await deps.store.actionVersions.list(tenant.id, { parent: action.id });
      // Newest first: the one people look for.
      return VERSIONS.answer(query, records.toReversed(), (version) =>
        showVersionOf(action, version, version.id === action.deployedVersionId),
      );
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/versions/:version`,
    scopes: ['read:actions'],
    summary: 'Get a version of an Action',
    answers: { 200: actionVersionShape },
    async handle({ deps, tenant, param }) {
      const action = await deps.store.actions.find(tenant.id, param('id'));
      if (!action) return NOT_FOUND.action;
      const version = await deps.store.actionVersions.find(tenant.id, param('version'));
      if (version?.actionId !== action.id) return NOT_FOUND.version;
      return answer(showVersionOf(action, version, version.id === action.deployedVersionId));
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/versions/:version/diff`,
    scopes: ['read:actions'],
    summary: 'Compare two versions of an Action',
    answers: { 200: versionDiffShape },
    // `draft`, `deployed`, or the id of a version of the same Action.
    query: z.strictObject({ against: text(255).optional() }),
    async handle({ deps, tenant, param, query }) {
      const action = await deps.store.actions.find(tenant.id, param('id'));
      if (!action) return NOT_FOUND.action;
      const versionSide = async (id: string | undefined): Promise<Side | undefined> => {
        const version = id === undefined ? undefined : await deps.store.actionVersions.find(tenant.id, id);
        return version?.actionId === action.id ? sideOfVersion(version) : undefined;
      };
      const { against = 'deployed' } = query;
      const to = await versionSide(param('version'));
      const from =
        against === 'draft'
          ? sideOfDraft(action)
          : await versionSide(against === 'deployed' ? action.deployedVersionId : against);
      return from && to ? answer(showDiff(from, to)) : NOT_FOUND.version;
    },
  }),

  route({
    method: 'POST',
    path: `${BASE}/versions/:version/deploy`,
    scopes: ['create:actions'],
    undo: UNDO_DEPLOYMENT,
    summary: 'Roll an Action back to a version',
    // The Action is what changes: the version that is named stays as it is.
    subject: BASE,
    answers: { 200: actionVersionShape },
    body: z.strictObject({ update_draft: z.boolean().optional() }),
    async handle(call) {
      const { ports, tenant, param, body } = call;
      const deployed = await redeployVersion(ports, tenant.id, {
        actionId: param('id'),
        versionId: param('version'),
        updateDraft: body.update_draft === true,
      });
      return answerDeployed(call, deployed, NOT_FOUND.version);
    },
  }),
];

async function answerDeployed(call: Incoming, outcome: Deployed, missing: Answer): Promise<Answer> {
  if (outcome.deployed) {
    if (isOutdated(outcome.version.trigger)) await logOutdated(call, outcome.action.name);
    // The wire says false here, and true a moment later.
    return answer(showVersionOf(outcome.action, outcome.version, false));
  }
  if (outcome.reason === 'missing') return missing;
  if (outcome.reason === 'module-gone') return refuse(400, outcome.message);
  if (outcome.reason === 'failed') {
    const reasons = outcome.action?.errors.map(({ message }) => message).join('; ');
    return refuse(400, `The draft failed to build and cannot be deployed: ${reasons}`);
  }
  return NOT_BUILT;
}

async function logOutdated({ deps, tenant, operator }: Incoming, actionName: string): Promise<void> {
  const description = `The Action "${actionName}" uses version v2 of the post-login trigger, which is outdated: it runs as v3.`;
  const log = tenantLog(
    { type: 'depnote', description, details: { feature: 'post-login v2' } },
    { tenantId: tenant.id, now: deps.clock.now(), random: deps.random, clientId: operator.clientId },
  );
  await deps.store.commit([{ kind: 'log.insert', log }]);
}
