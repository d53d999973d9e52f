// Management: the search of clients by `q`: what they are called, and what their grants say of organizations.
import type { ClientGrantRecord, ClientRecord } from '#storage/records.ts';
import type { Refusal } from './answer.ts';
import type { Incoming } from './route.ts';
import { type Match, parseSearch, refuseSearch, type Search } from './search-language.ts';

type Seen = { client: ClientRecord; grants: readonly ClientGrantRecord[]; organizations: readonly string[] };

const ORGANIZATION = 'client_grant.organization_id';

/** What each field of the search stands for; every value of it counts. */
const FIELDS: { readonly [Field in string]?: (seen: Seen) => readonly unknown[] } = {
  name: ({ client }) => [client.name],
  client_id: ({ client }) => [client.id],
  app_type: ({ client }) => [client.appType],
  description: ({ client }) => [client.settings.description],
  [ORGANIZATION]: ({ organizations }) => organizations,
  'client_grant.allow_any_organization': ({ grants }) => grants.map(({ settings }) => settings.allow_any_organization),
};

export type ClientSearch = { matches(client: ClientRecord): boolean };

/** What `q` finds, or why it cannot be used. */
export async function readClientSearch({ deps, tenant }: Incoming, q: string): Promise<ClientSearch | Refusal> {
  const parsed = parseSearch(q);
  if (!parsed.ok) return parsed;
  const conditions = conditionsOf(parsed.search);
  if (!conditions.every(({ field }) => field !== undefined && Object.hasOwn(FIELDS, field))) {
    return refuseSearch(`clients are searched by ${Object.keys(FIELDS).join(', ')}.`);
  }
  const { records } = await deps.store.clientGrants.list(tenant.id);
  const byClient = Map.groupBy(records, ({ clientId }) => clientId);
  // Asked of each organization that is named, not of all there are.
  const organizations = new Map<string, Set<string>>();
  for (const { field, match } of conditions) {
    if (field !== ORGANIZATION) continue;
    if (match.kind !== 'text') return refuseSearch(`${ORGANIZATION} is one id.`);
    const grants = await deps.store.holdings.grantsOf(tenant.id, match.text);
    organizations.set(match.text, new Set(grants.map(({ clientId }) => clientId)));
  }
  const seen = (client: ClientRecord): Seen => ({
    client,
    grants: byClient.get(client.id) ?? [],
    organizations: [...organizations].flatMap(([id, clients]) => (clients.has(client.id) ? [id] : [])),
  });
  return { matches: (client) => holds(parsed.search, seen(client)) };
}

type Condition = Extract<Search, { kind: 'condition' }>;

function conditionsOf(search: Search): Condition[] {
  if (search.kind === 'condition') return [search];
  return search.kind === 'not' ? conditionsOf(search.of) : search.of.flatMap(conditionsOf);
}

function holds(search: Search, seen: Seen): boolean {
  switch (search.kind) {
    case 'all':
      return search.of.every((part) => holds(part, seen));
    case 'any':
      return search.of.some((part) => holds(part, seen));
    case 'not':
      return !holds(search.of, seen);
    case 'condition':
      return (FIELDS[search.field ?? '']?.(seen) ?? []).some((value) => fits(search.match, value));
  }
}

/** Without regard to case, as people search. */
function fits(match: Match, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const text = String(value).toLowerCase();
  switch (match.kind) {
    case 'exists':
      return true;
    case 'text':
      return text === match.text.toLowerCase();
    case 'pattern': {
      const [first = '', ...rest] = match.texts.map((part) => part.toLowerCase());
      const last = rest.pop() ?? '';
      const middle = text.slice(first.length, text.length - last.length);
      const isLong = text.length >= first.length + last.length;
      return isLong && text.startsWith(first) && text.endsWith(last) && rest.every((part) => middle.includes(part));
    }
    case 'range': {
      const from = match.from?.text.toLowerCase();
      const to = match.to?.text.toLowerCase();
      const above = from === undefined || text > from || (match.from?.inclusive === true && text === from);
      const below = to === undefined || text < to || (match.to?.inclusive === true && text === to);
      return above && below;
    }
  }
}
