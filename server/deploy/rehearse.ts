// Server, deploy: what a Sallyport tenant says of each change before it is made: its own rehearsal (`dry_run=true`) of the
// write. What hangs on a change that is not made yet (a new Action that is to be bound, a deployment) cannot be asked.
import { type Remote, type RemoteMethod, RemoteRefusal } from '../cli/remote.ts';
import type { Change } from './changes.ts';
import { draftCall } from './draft-call.ts';
import type { SecretValues } from './secret-values.ts';
import type { Present } from './tenant-state.ts';

/** `diff`: what the tenant would change. `refused`: in its words, why it would not. */
export type Rehearsed = { what: Change['what']; name: string } & ({ diff: unknown } | { refused: string });

type Call = { method: RemoteMethod; path: string; body?: unknown };
type Given = { remote: Remote; present: Present; values: SecretValues };

/** In the order of the changes, without those of which nothing can be said, or that this token may not ask about. */
export async function rehearse(changes: readonly Change[], given: Given): Promise<Rehearsed[]> {
  const rehearsed: Rehearsed[] = [];
  const unbinds = changes.some(({ what }) => what === 'bindings');
  for (const change of changes) {
    const call = callOf(change, given, unbinds);
    if (!call) continue;
    const { what, name } = change;
    try {
      const { diff } = await given.remote.call<{ diff: unknown }>(call.method, `${call.path}?dry_run=true`, call.body);
      rehearsed.push({ what, name, diff });
    } catch (error) {
      if (!(error instanceof RemoteRefusal)) throw error;
      // Who may only read is shown what there is to see.
      if (error.status !== 403) rehearsed.push({ what, name, refused: error.said });
    }
  }
  return rehearsed;
}

function callOf(change: Change, { present, values }: Given, unbinds: boolean): Call | undefined {
  switch (change.what) {
    case 'action': {
      if (change.change === 'deploy') return undefined;
      const moduleIds = new Map(present.modules.map(({ name, id }) => [name, id]));
      if (change.wanted.modules.some((module) => !moduleIds.has(module))) return undefined;
      // Whether a value is at hand is asked elsewhere, and which it is changes nothing.
      return draftCall(change, {
        present,
        moduleIds,
        values: (action, secret) => values(action, secret) ?? 'rehearsed',
      });
    }
    case 'module': {
      const text = { code: change.wanted.code, dependencies: change.wanted.dependencies };
      if (change.present) return { method: 'PATCH', path: `/actions/modules/${change.present.id}`, body: text };
      return { method: 'POST', path: '/actions/modules', body: { name: change.name, ...text } };
    }
    case 'factor':
      return {
        method: 'PUT',
        path: `/guardian/factors/${encodeURIComponent(change.name)}`,
        body: { enabled: change.to },
      };
    case 'setting':
      return { method: 'PATCH', path: '/tenants/settings', body: { [change.name]: change.to } };
    case 'bindings': {
      const ids = new Map(present.actions.map(({ name, id }) => [name, id]));
      if (change.to.some((name) => !ids.has(name))) return undefined;
      const bindings = change.to.map((name) => ({ ref: { type: 'action_id', value: ids.get(name) ?? '' } }));
      return {
        method: 'PATCH',
        path: `/actions/triggers/${encodeURIComponent(change.name)}/bindings`,
        body: { bindings },
      };
    }
    case 'removal':
      // What is bound now may not be by then.
      return unbinds
        ? undefined
        : { method: 'DELETE', path: `/actions/${change.of}s/${encodeURIComponent(change.id)}` };
  }
}
