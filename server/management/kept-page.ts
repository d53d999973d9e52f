// Management: writes a page document that may or may not be there yet.
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { JsonObject, PageRecord } from '#storage/records.ts';

/** How often somebody else may remove the document between our looking and our writing. */
const TRIES = 5;

/** @param edit is called with an empty document where there is none, and may be called again. */
export async function keepPage(
  { store, now, random }: Pick<LifecyclePorts, 'store' | 'now' | 'random'>,
  page: Pick<PageRecord, 'tenantId' | 'kind' | 'name'>,
  edit: (document: JsonObject) => JsonObject,
): Promise<PageRecord> {
  const { tenantId, kind, name } = page;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const at = now();
    const fresh = { ...page, id: `pag_${random.letters(16)}`, document: edit({}), createdAt: at, updatedAt: at };
    if ((await store.pages.insert(fresh)) === 'inserted') return fresh;
    const present = await store.pages.findByKey(tenantId, `${kind} ${name}`);
    const updated =
      present &&
      (await store.pages.update(tenantId, present.id, (current) => ({
        ...current,
        document: edit(current.document),
        updatedAt: at,
      })));
    if (updated !== undefined && typeof updated !== 'string') return updated;
  }
  throw new Error(`a page document was removed again and again: ${kind} ${name}`);
}
