// Management: how changes of Actions are put back. Values of secrets are in no log: a draft keeps those it has, and what is
// made anew has none.
import type { JsonObject } from '#storage/records.ts';
import type { WayBack } from './way-back.ts';

const BASE = '/actions/actions';

/** What a draft is written with. */
const draftOf = ({ name, supported_triggers, code, runtime, dependencies, modules }: JsonObject): JsonObject => ({
  name: name ?? '',
  supported_triggers: supported_triggers ?? [],
  code: code ?? '',
  ...(runtime === undefined ? {} : { runtime }),
  dependencies: dependencies ?? [],
  modules: modules ?? [],
});

const namesOf = ({ secrets }: JsonObject): string =>
  (Array.isArray(secrets) ? secrets : []).map((secret) => String((secret as JsonObject).name)).join(', ');

const deployedOf = ({ deployed_version: version }: JsonObject): string | undefined => {
  const { id } = (version ?? {}) as JsonObject;
  return typeof id === 'string' ? id : undefined;
};

export const UNDO_DRAFT: WayBack = {
  body: draftOf,
  notes: (before) =>
    before.secrets === undefined ? [] : ['Secrets stay as they are now: their values are in no log.'],
};

/** The version that was deployed before is deployed again. */
export const UNDO_DEPLOYMENT: WayBack = {
  holds: (view) => deployedOf(view) ?? null,
  back({ former }, param) {
    const version = deployedOf(former);
    if (version === undefined) return 'nothing was deployed before it; take it out of the bindings, or delete it.';
    const path = `${BASE}/${param('id')}/versions/${version}/deploy`;
    return { method: 'POST', path, body: {}, notes: ['The draft stays as it is.'] };
  },
};

export const UNDO_CREATION: WayBack = {
  holds: draftOf,
  back: ({ made }) =>
    typeof made.id === 'string' ? { method: 'DELETE', path: `${BASE}/${made.id}` } : 'its line does not name it.',
};

export const UNDO_DELETION: WayBack = {
  holds: draftOf,
  back({ former }) {
    const secrets = namesOf(former);
    const notes = [
      'It is made anew, with another id; as a draft that is to be deployed and bound again. Former versions are gone.',
      ...(secrets === '' ? [] : [`Secrets are to be set again, for their values are in no log: ${secrets}.`]),
    ];
    return { method: 'POST', path: BASE, body: draftOf(former), notes };
  },
};
