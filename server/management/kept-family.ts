// Management: a family that is kept for tools and given back, described by its row: nothing here acts on it.
import { z } from 'zod';
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { Json, JsonObject, KeptDocumentRecord } from '#storage/records.ts';
import { answer, created, empty, type Refusal, refuse } from './answer.ts';
import { mergeSettings } from './fields.ts';
import { listing } from './listing.ts';
import { checkpointQuery } from './paging.ts';
import { NOTHING, type Route, route } from './route.ts';

type Stem = { [S in ManagementScope]: S extends `create:${infer Name}` ? Name : never }[ManagementScope];

export type KeptFamily = {
  kind: KeptDocumentRecord['kind'];
  path: string;
  /** One of them, as headings call it. */
  one: string;
  stem: Stem;
  /** The key of the list. */
  plural: string;
  /** `cop_`, `uap_`, … and letters. */
  prefix: string;
  most: number;
  missing: Refusal;
  taken: Refusal;
  /** Without the name. */
  properties: z.ZodRawShape;
  /** On the wire the name is not optional when it is made. */
  name: z.ZodType<string>;
};

/** List, make, get, change and delete. The name and each property change by themselves; null takes a property away. */
export function keptFamily(family: KeptFamily): Route[] {
  const { kind, path, one, stem, plural, prefix, most, missing, taken, properties } = family;
  const shape = z.strictObject({ id: z.string(), name: z.string(), ...properties }).meta({ id: pascal(one) });
  const list = listing(plural, shape, { paging: 'checkpoint' });
  const creation = z.strictObject({ name: family.name, ...properties });
  const change = z.strictObject({
    name: family.name.optional(),
    ...Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, (schema as z.ZodType).nullable().optional()]),
    ),
  });
  const full = refuse(403, `A tenant has at most ${most} of these.`, `too_many_${plural}`);
  return [
    route({
      method: 'GET',
      path,
      scopes: [`read:${stem}` as ManagementScope],
      summary: `List ${one}s`,
      query: z.strictObject({ from: checkpointQuery.from, take: checkpointQuery.take }),
      answers: list.answers,
      handle: ({ deps, tenant, query }) =>
        list.answer(
          // There is no other style of this list than by checkpoint.
          { ...query, take: query.take ?? 50 },
          { read: (page) => deps.store.keptDocuments.list(tenant.id, { parent: kind, page }), show },
        ),
    }),

    route({
      method: 'POST',
      path,
      scopes: [`create:${stem}` as ManagementScope],
      summary: `Create a ${one}`,
      body: creation as z.ZodType<Given>,
      answers: { 201: shape },
      async handle({ deps, ports, tenant, body }) {
        const { name = '', ...document } = body;
        const { total } = await deps.store.keptDocuments.list(tenant.id, { parent: kind, page: ONE });
        if (total >= most) return full;
        const now = ports.now();
        const record: KeptDocumentRecord = {
          tenantId: tenant.id,
          id: `${prefix}_${ports.random.letters(16)}`,
          kind,
          name,
          document: mergeSettings({}, document),
          createdAt: now,
          updatedAt: now,
        };
        return (await deps.store.keptDocuments.insert(record)) === 'conflict' ? taken : created(show(record));
      },
    }),

    route({
      method: 'GET',
      path: `${path}/:id`,
      scopes: [`read:${stem}` as ManagementScope],
      summary: `Get a ${one}`,
      answers: { 200: shape },
      async handle({ deps, tenant, param }) {
        const record = await deps.store.keptDocuments.find(tenant.id, param('id'));
        return record?.kind === kind ? answer(show(record)) : missing;
      },
    }),

    route({
      method: 'PATCH',
      path: `${path}/:id`,
      scopes: [`update:${stem}` as ManagementScope],
      summary: `Update a ${one}`,
      body: change as z.ZodType<Given>,
      answers: { 200: shape },
      async handle({ deps, tenant, param, body }) {
        const { name, ...document } = body;
        const known = await deps.store.keptDocuments.find(tenant.id, param('id'));
        if (known?.kind !== kind) return missing;
        const updated = await deps.store.keptDocuments.update(tenant.id, known.id, (current) => ({
          ...current,
          name: name ?? current.name,
          document: mergeSettings(current.document, document),
          updatedAt: deps.clock.now(),
        }));
        if (updated === 'missing') return missing;
        return updated === 'conflict' ? taken : answer(show(updated));
      },
    }),

    route({
      method: 'DELETE',
      path: `${path}/:id`,
      scopes: [`delete:${stem}` as ManagementScope],
      summary: `Delete a ${one}`,
      answers: { 204: NOTHING },
      async handle({ deps, tenant, param }) {
        const known = await deps.store.keptDocuments.find(tenant.id, param('id'));
        if (known?.kind !== kind) return missing;
        await deps.store.keptDocuments.remove(tenant.id, known.id);
        return empty();
      },
    }),
  ];
}

type Given = { name?: string; [property: string]: Json | undefined };

const ONE = { offset: 0, limit: 1 };

const show = ({ id, name, document }: KeptDocumentRecord): JsonObject => ({ id, name, ...document });

/** `connection profile` as the document names it. */
const pascal = (words: string): string =>
  words
    .split(/[ -]/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
