// Management: shared modules: drafts, published versions, rolling back, and who uses them.
import { z } from 'zod';
import {
  draftModule,
  editModule,
  MODULE_LIMITS,
  MODULE_NAME,
  type ModuleRefusal,
  removeModule,
} from '#runtime/lifecycle/module.ts';
import { makeAndPublish, type Published, publishModule, rollBackModule } from '#runtime/lifecycle/module-publish.ts';
import { usersOfModules } from '#runtime/lifecycle/module-uses.ts';
import type { ModuleRecord } from '#storage/records.ts';
import { dependency, needsValue, secretList } from './action-fields.ts';
import { actionListing, MODULES_MANNER } from './action-listing.ts';
import { answer, created, empty, invalidBody, type Refusal, refuse } from './answer.ts';
import { optional, text } from './fields.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import {
  listedModuleShape,
  moduleShape,
  moduleUserShape,
  moduleVersionShape,
  showListedModule,
  showModule,
  showModuleUser,
  showModuleVersion,
} from './show-action-module.ts';

const BASE = '/actions/modules';
const NO_MODULE = refuse(404, 'That module does not exist.');
const NO_VERSION = refuse(404, 'That module version does not exist.');
const NAME_TAKEN = refuse(409, 'A module with this name already exists.');

const MODULES = actionListing('modules', listedModuleShape, MODULES_MANNER);
const USERS = actionListing('actions', moduleUserShape, MODULES_MANNER);
const VERSIONS = actionListing('versions', moduleVersionShape, MODULES_MANNER);

const draft = {
  code: z.string(),
  dependencies: z.array(z.strictObject(dependency)).max(MODULE_LIMITS.dependencies).optional(),
  secrets: secretList.optional(),
};
const creation = z.strictObject({
  ...draft,
  name: text(255).regex(MODULE_NAME),
  // Tools send it; there is one.
  api_version: z.string().max(20).optional(),
  publish: z.boolean().optional(),
});
const change = z.strictObject({ ...draft, code: draft.code.optional() });

export const actionModuleRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:actions'],
    summary: 'List shared modules',
    query: z.strictObject(MODULES.query),
    answers: MODULES.answers,
    async handle({ deps, tenant, query }) {
      const { records } = await deps.store.modules.list(tenant.id);
      const users = await usersOfModules(deps.store, tenant.id);
      return MODULES.answer(query, records, (module) => showListedModule(module, users.get(module.id)));
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:actions'],
    summary: 'Create a shared module',
    answers: { 201: moduleShape },
    body: creation,
    async handle(call) {
      const { deps, ports, tenant, body } = call;
      const module = await draftModule(ports, tenant.id, { name: body.name, code: body.code, ...columns(body) });
      if ('refused' in module) return wordRefusal(module);
      if (body.publish !== true) {
        const outcome = await deps.store.modules.insert(module);
        return outcome === 'conflict' ? NAME_TAKEN : created(await present(call, module));
      }
      const published = await makeAndPublish(ports, deps.builds, module);
      return published.published ? created(await present(call, published.module)) : wordUnpublished(published);
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:id`,
    scopes: ['read:actions'],
    summary: 'Get a shared module',
    answers: { 200: moduleShape },
    async handle(call) {
      const module = await call.deps.store.modules.find(call.tenant.id, call.param('id'));
      return module ? answer(await present(call, module)) : NO_MODULE;
    },
  }),

  route({
    method: 'PATCH',
    path: `${BASE}/:id`,
    scopes: ['update:actions'],
    summary: 'Change the draft of a shared module',
    answers: { 200: moduleShape },
    body: change,
    async handle(call) {
      const { ports, tenant, body } = call;
      const edited = await editModule(ports, tenant.id, call.param('id'), columns(body));
      return 'refused' in edited ? wordRefusal(edited) : answer(await present(call, edited));
    },
  }),

  route({
    method: 'DELETE',
    path: `${BASE}/:id`,
    scopes: ['delete:actions'],
    summary: 'Delete a shared module',
    answers: { 204: NOTHING },
    async handle({ ports, tenant, param }) {
      const outcome = await removeModule(ports, tenant.id, param('id'));
      if (outcome === 'missing') return NO_MODULE;
      if (outcome === 'removed') return empty();
      const names = outcome.used.map((name) => JSON.stringify(name)).join(', ');
      return refuse(412, `The module cannot be deleted while actions use it: ${names}.`);
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:id/actions`,
    scopes: ['read:actions'],
    summary: 'List the Actions that run with a shared module',
    query: z.strictObject(USERS.query),
    answers: USERS.answers,
    async handle({ deps, tenant, param, query }) {
      const module = await deps.store.modules.find(tenant.id, param('id'));
      if (!module) return NO_MODULE;
      const users = (await usersOfModules(deps.store, tenant.id)).get(module.id) ?? [];
      const deployed = users.filter((user) => user.deployed);
      return USERS.answer(query, deployed, showModuleUser);
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:id/versions`,
    scopes: ['read:actions'],
    summary: 'List the versions of a shared module',
    query: z.strictObject(VERSIONS.query),
    answers: VERSIONS.answers,
    async handle({ deps, tenant, param, query }) {
      const module = await deps.store.modules.find(tenant.id, param('id'));
      if (!module) return NO_MODULE;
      const { records } = await deps.store.moduleVersions.list(tenant.id, { parent: module.id });
      // Newest first: the one people look for.
      const versions = records.toSorted((a, b) => b.number - a.number);
      return VERSIONS.answer(query, versions, showModuleVersion);
    },
  }),

  route({
    method: 'POST',
    path: `${BASE}/:id/versions`,
    scopes: ['update:actions'],
    summary: 'Publish the draft of a shared module',
    // The module is what changes; the list of its versions only grows.
    subject: `${BASE}/:id`,
    unrehearsed: 'its text is built first.',
    answers: { 200: moduleVersionShape },
    async handle({ deps, ports, tenant, param }) {
      const published = await publishModule(ports, deps.builds, tenant.id, param('id'));
      return published.published ? answer(showModuleVersion(published.version)) : wordUnpublished(published);
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:id/versions/:version`,
    scopes: ['read:actions'],
    summary: 'Get a version of a shared module',
    answers: { 200: moduleVersionShape },
    async handle({ deps, tenant, param }) {
      const version = await deps.store.moduleVersions.find(tenant.id, param('version'));
      return version?.moduleId === param('id') ? answer(showModuleVersion(version)) : NO_VERSION;
    },
  }),

  route({
    method: 'POST',
    path: `${BASE}/:id/rollback`,
    scopes: ['update:actions'],
    summary: 'Roll the draft of a shared module back to a version',
    answers: { 200: moduleShape },
    body: z.strictObject({ module_version_id: text(255) }),
    async handle(call) {
      const { deps, ports, tenant, body } = call;
      const moduleId = call.param('id');
      if (!(await deps.store.modules.find(tenant.id, moduleId))) return NO_MODULE;
      const module = await rollBackModule(ports, tenant.id, { moduleId, versionId: body.module_version_id });
      return module ? answer(await present(call, module)) : NO_VERSION;
    },
  }),
];

function columns(body: z.output<typeof change>) {
  return {
    ...optional('code', body.code),
    ...optional('secrets', body.secrets),
    ...optional(
      'dependencies',
      body.dependencies?.map(({ name, version }) => ({ name, version: version ?? 'latest' })),
    ),
  };
}

async function present({ deps }: Incoming, module: ModuleRecord): Promise<Record<string, unknown>> {
  const { tenantId, id, latestVersion } = module;
  const latest = latestVersion && (await deps.store.moduleVersions.find(tenantId, latestVersion.id));
  return showModule(module, latest, (await usersOfModules(deps.store, tenantId)).get(id));
}

function wordRefusal(refusal: ModuleRefusal): Refusal {
  switch (refusal.refused) {
    case 'no-value':
      return needsValue(refusal.index);
    case 'missing':
      return NO_MODULE;
    case 'name-taken':
      return NAME_TAKEN;
    case 'source-too-long':
      return invalidBody(`The code is too long (${refusal.bytes} bytes), maximum ${MODULE_LIMITS.sourceBytes}`);
    case 'too-many-modules':
      return refuse(403, `This tenant has reached the limit of ${MODULE_LIMITS.modules} modules.`, 'too_many_modules');
  }
}

function wordUnpublished(unpublished: Extract<Published, { published: false }>): Refusal {
  switch (unpublished.reason) {
    case 'missing':
      return NO_MODULE;
    case 'name-taken':
      return NAME_TAKEN;
    case 'faults': {
      const reasons = unpublished.faults.map(({ message }) => message).join('; ');
      return refuse(400, `The module cannot be published: ${reasons}`);
    }
  }
}
