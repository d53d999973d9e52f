// Tests of commands: a tenant that answers as recorded traffic of Auth0 does where ours differs: builds that take their time,
// deployments that are true a moment later, bindings that want deployed Actions, lists without zeros, and no modules.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Action = {
  id: string;
  name: string;
  code: string;
  supported_triggers: { id: string; version?: string }[];
  dependencies: { name: string; version: string }[];
  runtime: string;
  secrets: { name: string; value?: string }[];
  /** How often it has to be looked at before it is built, and before it is deployed. */
  looksLeft: number;
  deployedAfter: number | undefined;
  deployed: string | undefined;
};

export type StandIn = {
  url: string;
  /** `POST /api/v2/actions/actions`, in order; reads are not kept. */
  writes: string[];
  /** As they were sent. */
  bodies: Record<string, unknown>[];
  actions: Map<string, Action>;
  bound: string[];
  settings: Record<string, unknown>;
  factors: Record<string, boolean>;
  logs: { log_id: string; date: string; type: string; description: string; user_id: string }[];
  /** What the next answers to a path are instead. */
  instead: Map<string, { status: number; body?: unknown; headers?: Record<string, string> }[]>;
  scope: string;
  close(): Promise<void>;
};

export async function openStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => {
    read(request).then((body) => {
      const { status, body: answer, headers = {} } = answerTo(request.method ?? '', request.url ?? '', body);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(answer === undefined ? '' : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tenant: StandIn = {
    url,
    writes: [],
    bodies: [],
    actions: new Map(),
    bound: [],
    settings: {},
    factors: { sms: false, otp: false },
    logs: [],
    instead: new Map(),
    scope:
      'read:actions create:actions update:actions delete:actions read:guardian_factors update:guardian_factors read:tenant_settings update:tenant_settings read:logs',
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
  const refuse = (status: number, message: string): Answer => ({
    status,
    body: { statusCode: status, error: 'Error', message },
  });

  function answerTo(method: string, path: string, body: Record<string, unknown>): Answer {
    const { pathname, searchParams } = new URL(path, url);
    const [planned] = tenant.instead.get(pathname) ?? [];
    if (planned) {
      tenant.instead.get(pathname)?.shift();
      return planned;
    }
    if (pathname === '/.well-known/openid-configuration') return { status: 200, body: { issuer: `${url}/` } };
    if (pathname === '/oauth/token') {
      return body.client_secret === 'right'
        ? { status: 200, body: { access_token: 'a token', scope: tenant.scope, token_type: 'Bearer' } }
        : { status: 401, body: { error: 'access_denied', error_description: `Unauthorized ${body.client_secret}` } };
    }
    if (method !== 'GET') {
      tenant.writes.push(`${method} ${pathname}`);
      tenant.bodies.push(body);
    }
    if (searchParams.has('include_totals')) return refuse(400, 'Additional properties not allowed: include_totals');
    const [, , , family, kind, id, verb] = pathname.split('/');
    if (family === 'actions' && kind === 'modules') return refuse(404, 'Not Found');
    if (family === 'actions' && kind === 'triggers' && id === undefined) {
      const triggers = [
        { id: 'post-login', version: 'v2', status: 'DEPRECATED' },
        { id: 'post-login', version: 'v3', status: 'CURRENT' },
      ];
      return { status: 200, body: { triggers } };
    }
    if (family === 'actions' && kind === 'triggers') return bindings(method, body);
    if (family === 'actions' && kind === 'actions') return actions(method, id, verb, body);
    if (family === 'guardian') {
      if (method === 'PUT') tenant.factors[id ?? ''] = body.enabled === true;
      return { status: 200, body: Object.entries(tenant.factors).map(([name, enabled]) => ({ name, enabled })) };
    }
    if (family === 'tenants') {
      Object.assign(tenant.settings, body);
      return { status: 200, body: tenant.settings };
    }
    if (family === 'logs') return logs(searchParams);
    return refuse(404, 'Not Found');
  }

  function actions(
    method: string,
    id: string | undefined,
    verb: string | undefined,
    body: Record<string, unknown>,
  ): Answer {
    if (method === 'POST' && id === undefined) {
      const made = `id-${tenant.actions.size + 1}`;
      const blank = { dependencies: [], secrets: [], deployed: undefined, deployedAfter: undefined };
      tenant.actions.set(made, { ...blank, ...(body as unknown as Action), id: made, looksLeft: 3 });
      return { status: 201, body: show(tenant.actions.get(made) as Action) };
    }
    if (id === undefined) {
      const found = [...tenant.actions.values()].map(show);
      return {
        status: 200,
        body: { actions: found, ...(found.length > 0 ? { total: found.length } : {}), per_page: 100 },
      };
    }
    const action = tenant.actions.get(id);
    if (!action) return refuse(404, 'That action does not exist.');
    if (method === 'PATCH') Object.assign(action, body, { looksLeft: 3 });
    if (method === 'DELETE') tenant.actions.delete(id);
    if (verb === 'deploy') {
      if (action.looksLeft > 0) return refuse(400, "A draft must be in the 'built' state before it can be deployed.");
      action.deployedAfter = 2;
      return { status: 200, body: { id: 'version', deployed: false } };
    }
    if (method === 'GET') {
      action.looksLeft = Math.max(0, action.looksLeft - 1);
      if (action.deployedAfter !== undefined) {
        action.deployedAfter -= 1;
        if (action.deployedAfter <= 0) [action.deployed, action.deployedAfter] = [action.code, undefined];
      }
    }
    return { status: method === 'DELETE' ? 204 : 200, body: method === 'DELETE' ? undefined : show(action) };
  }

  function show({ looksLeft, deployed, deployedAfter: _, secrets, ...action }: Action) {
    return {
      ...action,
      status: ['built', 'packaged', 'building', 'pending'][looksLeft],
      secrets: secrets.map(({ name }) => ({ name })),
      ...(deployed === undefined ? {} : { deployed_version: { code: deployed } }),
      all_changes_deployed: deployed === action.code && looksLeft === 0,
    };
  }

  function bindings(method: string, body: Record<string, unknown>): Answer {
    if (method === 'PATCH') {
      const refs = (body.bindings as { ref: { value: string } }[]).map(({ ref }) => ref.value);
      if (refs.some((id) => tenant.actions.get(id)?.deployed === undefined)) {
        return refuse(400, 'Trying to create a binding for an action that has not been deployed yet.');
      }
      tenant.bound = refs;
    }
    const found = tenant.bound.map((id) => ({ action: { id, name: tenant.actions.get(id)?.name }, display_name: id }));
    return { status: 200, body: { bindings: found, per_page: 100 } };
  }

  function logs(query: URLSearchParams): Answer {
    if (!query.has('take'))
      return { status: 200, body: tenant.logs.toReversed().slice(0, Number(query.get('per_page'))) };
    return { status: 200, body: tenant.logs.filter(({ log_id }) => log_id > (query.get('from') ?? '')) };
  }

  return tenant;
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
