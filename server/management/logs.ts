// Management: tenant logs. Lines are written by logins and by this API; here they are only read.
import { z } from 'zod';
import type { LogRecord, TenantRecord } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND, refuse } from './answer.ts';
import { iso, optional } from './fields.ts';
import { listing } from './listing.ts';
import { readLogSearch } from './log-search.ts';
import { checkpointQuery, fieldsQuery, integer, type PageQuery, pageOf, project } from './paging.ts';
import { type Route, route } from './route.ts';
import { refuseSearch, SEARCH_LENGTH } from './search-language.ts';

const given = z.string();
const maybe = given.optional();

export const logShape = z
  .strictObject({
    date: given,
    type: given,
    description: given,
    connection: given,
    connection_id: given,
    client_id: given,
    client_name: given,
    ip: given,
    user_agent: given,
    hostname: maybe,
    user_id: given,
    user_name: given,
    audience: maybe,
    scope: maybe,
    strategy: maybe,
    strategy_type: maybe,
    organization_id: maybe,
    organization_name: maybe,
    details: z.looseObject({}).optional(),
    tenant_name: given,
    log_id: given,
    _id: given,
    isMobile: z.boolean(),
  })
  .meta({ id: 'Log' });

/** What a search finds at most; checkpoints read everything. Reference: actions-api, section 7.2. */
const MOST_FOUND = 1000;

/** Source: actions-api reference, section 7.1. Much is an empty text rather than absent. */
export function showLog(log: LogRecord, tenant: TenantRecord): Record<string, unknown> {
  return {
    date: iso(log.at),
    type: log.type,
    description: log.description,
    connection: log.connection ?? '',
    connection_id: log.connectionId ?? '',
    client_id: log.clientId ?? '',
    client_name: log.clientName ?? '',
    ip: log.ip ?? '',
    user_agent: log.userAgent ?? '',
    ...optional('hostname', log.hostname),
    user_id: log.userId ?? '',
    user_name: log.userName ?? '',
    ...optional('audience', log.audience),
    ...optional('scope', log.scope),
    ...optional('strategy', log.strategy),
    ...optional('strategy_type', log.strategyType),
    ...optional('organization_id', log.organizationId),
    ...optional('organization_name', log.organizationName),
    ...optional('details', log.details),
    tenant_name: tenant.name,
    log_id: log.id,
    _id: log.id,
    isMobile: /Mobile|Android|iPhone/.test(log.userAgent ?? ''),
  };
}

export const LOGS = listing('logs', logShape, { paging: 'page', fields: true, withLength: true });

/** A list that says how many it holds, and not how many there are: so the wire has it. */
export function answerLogs(query: PageQuery, logs: readonly Record<string, unknown>[]): Answer {
  if (query.include_totals !== true) return answer(logs);
  const { offset, limit } = pageOf(query);
  return answer({ start: offset, limit, length: logs.length, total: logs.length, logs });
}

export const logRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/logs',
    scopes: ['read:logs', 'read:logs_users'],
    summary: 'List or search logs',
    answers: LOGS.answers,
    query: z.strictObject({
      ...checkpointQuery,
      ...fieldsQuery,
      take: integer(1, 100).optional(),
      from: z
        .string()
        .regex(/^\d{1,64}$/)
        .optional(),
      q: z.string().max(SEARCH_LENGTH).optional(),
      // The same under the name that the SDK for Node gives it.
      search: z.string().max(SEARCH_LENGTH).optional(),
      sort: z.enum(['date:-1', 'date:1']).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const show = (log: LogRecord) => project(showLog(log, tenant), query);
      const { from } = query;
      if (from !== undefined || query.take !== undefined) {
        // Oldest first from the checkpoint on; other parameters do not count here.
        const take = query.take ?? 50;
        const records = await deps.store.logs.following(tenant.id, { limit: take, ...optional('after', from) });
        const next = records.at(-1)?.id ?? from;
        const link = `<${tenant.baseUrl}/api/v2/logs?take=${take}${next === undefined ? '' : `&from=${next}`}>; rel="next"`;
        return answer(records.map(show), { link });
      }
      const q = query.q ?? query.search ?? '';
      const read = q.trim() === '' ? undefined : readLogSearch(q);
      if (read && !read.ok) return read;
      const page = pageOf(query);
      if (page.offset + page.limit > MOST_FOUND) {
        return refuse(
          400,
          `You can only page through the first ${MOST_FOUND} records; from and take read all.`,
          'invalid_paging',
        );
      }
      const found = await deps.store.logs.search(tenant.id, {
        ...(read ? { where: read.where } : {}),
        order: query.sort === 'date:1' ? 'oldest' : 'newest',
        page,
      });
      if (found === 'too-slow') {
        return refuseSearch(
          'too many lines would have to be read for it; add a type, a user_id, a client_id or a date.',
        );
      }
      return answerLogs(query, found.map(show));
    },
  }),

  route({
    method: 'GET',
    path: '/logs/:id',
    scopes: ['read:logs', 'read:logs_users'],
    summary: 'Get a log line',
    answers: { 200: logShape },
    async handle({ deps, tenant, param }) {
      const log = await deps.store.logs.find(tenant.id, param('id'));
      return log ? answer(showLog(log, tenant)) : NOT_FOUND.log;
    },
  }),
];
