// Management: tenant logs. Lines are written by logins and by this API; here they are only read.
import { z } from 'zod';
import type { LogRecord, TenantRecord } from '#storage/records.ts';
import type { LogQuery } from '#storage/store.ts';
import { answer, NOT_FOUND, refuse } from './answer.ts';
import { iso, optional } from './fields.ts';
import { checkpointQuery, fieldsQuery, integer, pageOf, project } from './paging.ts';
import { type Route, route } from './route.ts';
import { parseTerms } from './terms.ts';

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

export const logRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/logs',
    scopes: ['read:logs', 'read:logs_users'],
    query: z.strictObject({
      ...checkpointQuery,
      ...fieldsQuery,
      take: integer(1, 100).optional(),
      from: z
        .string()
        .regex(/^\d{1,64}$/)
        .optional(),
      q: z.string().max(1000).optional(),
      sort: z.enum(['date:-1', 'date:1']).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const show = (log: LogRecord) => project(showLog(log, tenant), query);
      const { from } = query;
      if (from !== undefined || query.take !== undefined) {
        // Oldest first from the checkpoint on; other parameters do not count here.
        const take = query.take ?? 50;
        const page = { offset: 0, limit: take };
        const { records } = await deps.store.logs.list(tenant.id, {
          order: 'oldest',
          page,
          ...optional('after', from),
        });
        const next = records.at(-1)?.id ?? from;
        const link = `<${tenant.baseUrl}/api/v2/logs?take=${take}${next === undefined ? '' : `&from=${next}`}>; rel="next"`;
        return answer(records.map(show), { link });
      }

      const terms = query.q === undefined ? {} : parseTerms(query.q, ['type', 'user_id', 'client_id']);
      if (typeof terms === 'string') return refuse(400, terms, 'invalid_query_string');
      const page = pageOf(query);
      const wanted: LogQuery = {
        order: query.sort === 'date:1' ? 'oldest' : 'newest',
        page,
        ...optional('type', terms.type),
        ...optional('userId', terms.user_id),
        ...optional('clientId', terms.client_id),
      };
      const { records } = await deps.store.logs.list(tenant.id, wanted);
      const logs = records.map(show);
      if (query.include_totals !== true) return answer(logs);
      return answer({ start: page.offset, limit: page.limit, length: logs.length, total: logs.length, logs });
    },
  }),

  route({
    method: 'GET',
    path: '/logs/:id',
    scopes: ['read:logs', 'read:logs_users'],
    async handle({ deps, tenant, param }) {
      const log = await deps.store.logs.find(tenant.id, param('id'));
      return log ? answer(showLog(log, tenant)) : NOT_FOUND.log;
    },
  }),
];
