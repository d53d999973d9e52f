// Management: writes the settings of a provider that may or may not be there yet. They are sealed at rest.
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { JsonObject, ProviderRecord } from '#storage/records.ts';

/** How often somebody else may remove the row between our looking and our writing. */
const TRIES = 5;

/** @param edit is called with empty settings where there are none, and may be called again. */
export async function keepProvider(
  { store: { providers }, now, random }: Pick<LifecyclePorts, 'store' | 'now' | 'random'>,
  { tenantId, name }: Pick<ProviderRecord, 'tenantId' | 'name'>,
  edit: (settings: JsonObject) => JsonObject,
): Promise<ProviderRecord> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const at = now();
    const fresh = { tenantId, id: random.uuid(), name, settings: edit({}), createdAt: at, updatedAt: at };
    if ((await providers.insert(fresh)) === 'inserted') return fresh;
    const present = await providers.findByKey(tenantId, name);
    const updated =
      present &&
      (await providers.update(tenantId, present.id, (current) => ({
        ...current,
        settings: edit(current.settings),
        updatedAt: at,
      })));
    if (updated !== undefined && typeof updated !== 'string') return updated;
  }
  throw new Error(`the settings of a provider were removed again and again: ${name}`);
}
