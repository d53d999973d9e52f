// Owner management: what happened in the JSON flow, to whom, from where and why. Only read. Source: idp-server reference,
// §5.
import type { JsonObject, SecurityEventRecord, TenantRecord } from '#storage/records.ts';
import type { SecurityEventQuery } from '#storage/store.ts';
import { iso, optional } from '../management/fields.ts';
import { issuerOf } from '../oauth/issuer.ts';
import type { Parameters } from '../request.ts';
import { invalidRequest, notThere, type OwnerRefusal, shown } from './owner-answer.ts';
import { isUuid, notUuid, readPage } from './owner-body.ts';
import type { TenantRoute } from './owner-route.ts';

const SCOPES = ['read:logs', 'read:logs_users'] as const;

export const securityEventRoutes: TenantRoute[] = [
  {
    method: 'GET',
    path: '/security-events',
    scopes: SCOPES,
    async handle({ deps, tenant, query }) {
      const read = readEventQuery(query);
      if ('ok' in read) return read;
      const { records, total } = await deps.store.securityEvents.list(tenant.id, read);
      const list = records.map((event) => showEvent(event, tenant));
      return shown({ list, total_count: total, ...read.page });
    },
  },

  {
    method: 'GET',
    path: '/security-events/:id',
    scopes: SCOPES,
    async handle({ deps, tenant, param }) {
      const id = param('id');
      if (!isUuid(id)) return notUuid(id);
      const event = await deps.store.securityEvents.find(tenant.id, id);
      return event ? shown(showEvent(event, tenant)) : notThere(`Security event not found: ${id}`);
    },
  },
];

/** A text to search for. */
const LONGEST = 500;
const MOST_TYPES = 100;
const MOST_DETAILS = 10;
/** `details.user.sub=…`: exactly this text; `details_any.…`: a number or a truth value that reads so is meant as well. */
const DETAIL = /^details(_any)?\.(.+)$/;

/** Names that are not known are ignored, as the original does. */
function readEventQuery(query: Parameters): SecurityEventQuery | OwnerRefusal {
  const { page, messages } = readPage(query);
  const { event_type: types, from, to, id, client_id, user_id, external_user_id, user_name, ip_address } = query;
  const [since, until] = [timeOf(from), timeOf(to)];
  if (Number.isNaN(since)) messages.push('from must be a time by ISO 8601');
  if (Number.isNaN(until)) messages.push('to must be a time by ISO 8601');
  if (id !== undefined && !isUuid(id)) messages.push('id must be a UUID');
  for (const [name, value] of Object.entries(query)) {
    if (value.length > LONGEST && name !== 'event_type') messages.push(`${name.slice(0, 100)} is too long`);
  }
  const wanted = types?.split(',').map((type) => type.trim());
  if (wanted && wanted.length > MOST_TYPES) messages.push(`event_type names more than ${MOST_TYPES} types`);
  const details = Object.entries(query).flatMap(([name, value]) => {
    const [, any, path] = DETAIL.exec(name) ?? [];
    return path === undefined ? [] : [{ path, value, any: any !== undefined }];
  });
  if (details.length > MOST_DETAILS) messages.push(`more than ${MOST_DETAILS} details are searched for`);
  if (messages.length > 0) return invalidRequest('Security event query validation failed', messages);
  return {
    page,
    details,
    ...optional('types', wanted),
    ...optional('from', since),
    ...optional('to', until),
    ...optional('id', id),
    ...optional('clientId', client_id),
    ...optional('userId', user_id),
    ...optional('externalUserId', external_user_id),
    ...optional('userName', user_name),
    ...optional('ip', ip_address),
    ...optional('userAgent', query.user_agent),
  };
}

/** ISO 8601: a day, or a time with or without its zone, which is UTC then. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // A plus sign that nobody encoded arrives as a space.
  const [, , , , zone] = TIME.exec(text.replace(' ', '+')) ?? [];
  if (!TIME.test(text.replace(' ', '+'))) return Number.NaN;
  const isDay = text.length === 10;
  return Date.parse(isDay || zone !== undefined ? text.replace(' ', '+') : `${text}Z`);
}

function showEvent(event: SecurityEventRecord, tenant: TenantRecord): JsonObject {
  const { id, type, description, clientId, clientName, userId, userName, externalUserId, ip, userAgent, at } = event;
  const user = {
    ...optional('sub', userId),
    ...optional('name', userName),
    ...optional('ex_sub', externalUserId),
  };
  return {
    id,
    type,
    description,
    tenant: { id: tenant.id, iss: issuerOf(tenant), name: tenant.name },
    ...(clientId === undefined ? {} : { client: { id: clientId, ...optional('name', clientName) } }),
    ...(Object.keys(user).length === 0 ? {} : { user }),
    ip_address: ip,
    ...optional('user_agent', userAgent),
    detail: event.detail,
    created_at: iso(at),
  };
}
