// Machines ask for tokens while scripts of the credentials-exchange trigger are bound: what those read, refuse, add and
// settle, through real requests and real isolates.
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import { bindTo, lastLine, lastRun, linesOf, ready } from '#test/runtime/triggers/bind-to.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

const API = 'https://api.example/';
let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
  const { store, tenant, ports } = door.house;
  await store.clientGrants.insert({
    tenantId: tenant.id,
    id: 'cgr_web',
    clientId: 'web',
    audience: API,
    scope: ['read:things', 'write:things'],
    settings: {},
    createdAt: ports.now(),
    updatedAt: ports.now(),
  });
});
afterAll(() => door.close());
afterEach(() => bindTo(door.house, 'credentials-exchange', []));

const script = (body: string) => `exports.onExecuteCredentialsExchange = async (event, api) => {\n${body}\n};`;

function ask(more: Record<string, string> = {}) {
  return door.token({
    grant_type: 'client_credentials',
    client_id: 'web',
    client_secret: 'web secret + more',
    audience: API,
    ...more,
  });
}

async function asked(bodies: string[], more: Record<string, string> = {}, secrets: Record<string, string> = {}) {
  await bindTo(door.house, 'credentials-exchange', bodies.map(script), secrets);
  return ask(more);
}

const claimsOf = ({ body }: Awaited<ReturnType<typeof ask>>) => decodeJwt(String(body.access_token));

describe('the event', () => {
  test('holds what section 5 names, and nothing by which the client proved itself', async () => {
    const answer = await asked(
      [`api.accessToken.setCustomClaim('https://x/event', event);`],
      { scope: 'read:things', tier: 'gold', correlation_id: 'abc' },
      { KEY: 'a-secret-value' },
    );
    expect(answer.status).toBe(200);
    const hostname = new URL(door.site).host;
    expect(claimsOf(answer)['https://x/event']).toEqual({
      accessToken: { scope: ['read:things'], customClaims: {} },
      client: { client_id: 'web', name: 'Web', metadata: {} },
      configuration: {},
      request: {
        ip: '127.0.0.1',
        method: 'POST',
        body: {
          grant_type: 'client_credentials',
          client_id: 'web',
          audience: API,
          scope: 'read:things',
          tier: 'gold',
          correlation_id: 'abc',
        },
        geoip: {},
        hostname,
      },
      resource_server: { identifier: API },
      secrets: { KEY: 'a-secret-value' },
      tenant: { id: door.house.tenant.name },
      transaction: { correlation_id: 'abc', requested_scopes: ['read:things'], target_scopes: ['read:things'] },
    });
  });

  test('without a scope the token would carry all that was granted; nothing was requested', async () => {
    const seen = claimsOf(
      await asked([
        `api.accessToken.setCustomClaim('https://x/seen', [event.accessToken.scope, event.transaction.requested_scopes]);`,
      ]),
    );
    expect(seen['https://x/seen']).toEqual([['read:things', 'write:things'], []]);
  });

  test('is new for each Action, but for the scopes settled so far', async () => {
    const seen = claimsOf(
      await asked([
        `event.client.name = 'bent'; api.transaction.removeTargetScope('write:things');`,
        `api.accessToken.setCustomClaim('https://x/seen', [event.client.name, event.transaction.target_scopes, event.accessToken.scope]);`,
      ]),
    );
    expect(seen['https://x/seen']).toEqual(['Web', ['read:things'], ['read:things', 'write:things']]);
  });
});

describe('the token', () => {
  const SCOPES: [what: string, bodies: string[], requested: string | undefined, expected: string | undefined][] = [
    ['nothing is said', [''], undefined, 'read:things write:things'],
    ['one is removed', [`api.transaction.removeTargetScope('read:things');`], undefined, 'write:things'],
    [
      'one that was not asked for is added',
      [`api.transaction.addTargetScope(' write:things ');`],
      'read:things',
      'read:things write:things',
    ],
    [
      'one is added that was never granted',
      [`api.transaction.addTargetScope('admin:all');`],
      'read:things',
      'read:things',
    ],
    [
      'they are replaced',
      [`api.transaction.setTargetScopes(['write:things', 'admin:all']);`],
      'read:things',
      'write:things',
    ],
    ['they are taken away', [`api.transaction.clearTargetScopes();`], undefined, undefined],
    ['they are replaced by none', [`api.transaction.setTargetScopes([]);`], undefined, undefined],
    [
      'a later Action has the last word',
      [`api.transaction.clearTargetScopes();`, `api.transaction.addTargetScope('read:things');`],
      undefined,
      'read:things',
    ],
  ];
  test.each(SCOPES)('scopes when %s', async (_what, bodies, requested, expected) => {
    const answer = await asked(bodies, requested === undefined ? {} : { scope: requested });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer).scope).toBe(expected);
  });

  test('target scopes show at once', async () => {
    const body = `api.transaction.addTargetScope('x:y'); api.transaction.removeTargetScope('read:things');
      api.accessToken.setCustomClaim('https://x/seen', event.transaction.target_scopes);`;
    expect(claimsOf(await asked([body]))['https://x/seen']).toEqual(['write:things', 'x:y']);
  });

  test('carries claims by the rules of issue: reserved names and foreign namespaces are dropped', async () => {
    const claims = claimsOf(
      await asked([
        `api.accessToken.setCustomClaim('plan', 'gold').accessToken.setCustomClaim('sub', 'somebody');
         api.accessToken.setCustomClaim('https://auth0.com/x', 1); api.accessToken.setCustomClaim('twice', 1);`,
        `api.accessToken.setCustomClaim('twice', 2);`,
      ]),
    );
    expect(claims).toMatchObject({ plan: 'gold', twice: 2, sub: 'web@clients', gty: 'client-credentials' });
    expect(claims).not.toHaveProperty(['https://auth0.com/x']);
  });

  test('is logged with the execution', async () => {
    await asked(['']);
    const run = await lastRun(door.house, 'credentials-exchange');
    expect(run).toMatchObject({ status: 'final', clientId: 'web' });
    expect(run).not.toHaveProperty('transactionId');
    expect(await lastLine(door.house, 'seccft')).toMatchObject({ details: { actions: { executions: [run?.id] } } });
  });

  test('the cache is the trigger’s own and lasts from one exchange to the next', async () => {
    const body = `const had = api.cache.get('k'); api.cache.set('k', 'v');
      api.accessToken.setCustomClaim('had', had ? had.value : 'nothing');`;
    expect(claimsOf(await asked([body])).had).toBe('nothing');
    expect(claimsOf(await ask()).had).toBe('v');
  });
});

describe('refusals', () => {
  const DENIALS: [code: string, status: number][] = [
    ['invalid_scope', 400],
    ['invalid_request', 400],
    ['server_error', 500],
  ];
  test.each(DENIALS)('api.access.deny(%j) answers %i and ends the trigger', async (code, status) => {
    const answer = await asked([`api.access.deny('${code}', 'Not on Sundays.');`, `throw new Error('never');`]);
    expect([answer.status, answer.body]).toEqual([status, { error: code, error_description: 'Not on Sundays.' }]);
    const run = await lastRun(door.house, 'credentials-exchange');
    expect(run).toMatchObject({ status: 'partial', results: [{ commands: [{ name: 'access.deny' }] }] });
    expect(await lastLine(door.house, 'feccft')).toMatchObject({
      description: 'Not on Sundays.',
      details: { action_name: 'credentials-exchange-1', actions: { executions: [run?.id] } },
    });
  });

  const FAULTS: [what: string, body: string, text: string | RegExp][] = [
    ['throws', `throw new Error('no stock');`, 'no stock'],
    ['denies with an unknown code', `api.access.deny('because');`, /must be one of invalid_scope/],
    ['sets the scope claim', `api.accessToken.setCustomClaim('scope', 'x');`, 'The "scope" claim cannot be set.'],
    ['adds a scope that is none', `api.transaction.addTargetScope('a b');`, /must not have whitespace/],
    ['adds no text', `api.transaction.addTargetScope(1);`, 'The value for the scope must be a string.'],
    ['sets no list', `api.transaction.setTargetScopes('a');`, 'The value for scopes must be an array.'],
    ['uses what post-login has', `api.multifactor.enable('any');`, /Cannot read|undefined/],
    ['never settles', `await new Promise(() => {});`, /\S/],
    ['is not what it should be', `}; exports.onExecuteCredentialsExchange = () => {`, /Invalid function signature/],
  ];
  test.each(FAULTS)('one that %s: 403, and both logs name it', async (_what, body, text) => {
    const before = (await linesOf(door.house, 'f')).length;
    const answer = await asked([body, `throw new Error('never');`]);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ error: 'access_denied', error_description: expect.stringMatching(text) });
    expect(await lastLine(door.house, 'feccft')).toMatchObject({
      description: answer.body.error_description,
      clientId: 'web',
      details: { action_name: 'credentials-exchange-1', action_version: 3, error: { name: expect.any(String) } },
    });
    expect(await lastLine(door.house, 'actions_execution_failed')).toMatchObject({
      clientId: 'web',
      audience: API,
      details: { trigger_id: 'credentials-exchange', action_name: 'credentials-exchange-1', action_version: 3 },
    });
    // The last word on a login is not said of an exchange.
    expect((await linesOf(door.house, 'f')).length).toBe(before);
  });

  test('claims of all Actions together have a bound', async () => {
    const half = `api.accessToken.setCustomClaim('https://x/' + Math.random(), 'x'.repeat(60 * 1024));`;
    expect(await asked([half, half])).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  });

  test('a secret that a script throws is told to nobody', async () => {
    await asked([`throw new Error('key ' + event.secrets.KEY);`], {}, { KEY: 'a-secret-value' });
    const told = JSON.stringify([await linesOf(door.house, 'feccft', 'actions_execution_failed')]);
    expect(told).toContain('key ***');
    expect(told).not.toContain('a-secret-value');
  });

  test('a client that is refused anyway runs no script', async () => {
    const run = await lastRun(door.house, 'credentials-exchange');
    expect((await asked([''], { audience: 'https://unknown.example/' })).status).toBe(403);
    expect((await asked([''], { scope: 'admin:all' })).status).toBe(403);
    expect((await lastRun(door.house, 'credentials-exchange'))?.id).toBe(run?.id);
  });
});

describe('our own Management API', () => {
  async function manage(operator: boolean) {
    const { ports, tenant } = door.house;
    const made = await newClient(ports, tenant.id, { name: 'Manager', grantTypes: ['client_credentials'] });
    if (made === 'conflict') throw new Error('no client');
    const audience = managementAudience(tenant.baseUrl);
    await grantManagement(ports, tenant, made.id, ['read:users']);
    const { config } = door.deps;
    if (operator) {
      door.deps.config = { ...config, tenantName: tenant.name, admin: { clientId: made.id, clientSecret: 'x' } };
    }
    await bindTo(door.house, 'credentials-exchange', [script(`api.access.deny('invalid_request', 'Closed.');`)]);
    const { secret = '' } = made;
    const grant = { grant_type: 'client_credentials', client_id: made.id, client_secret: secret, audience };
    const { status } = await door.token(grant);
    door.deps.config = config;
    return status;
  }
  test('is judged like any other', async () => expect(await manage(false)).toBe(400));
  test('but the operator’s client is not locked out of it', async () => expect(await manage(true)).toBe(200));
});

describe('machine-scopes', () => {
  const setMetadata = (metadata: Record<string, string>) =>
    door.house.store.clients.update(door.house.tenant.id, 'web', (client) => ({ ...client, metadata }));
  test('a machine without scopes of its own is refused', async () => {
    await bindTo(door.house, 'credentials-exchange', [ready('machine-scopes')]);
    expect(await ask()).toMatchObject({ status: 400, body: { error_description: 'Web has no scopes of its own.' } });
  });
  test('one with them gets those, and its plan', async () => {
    await setMetadata({ scopes: 'read:things read:nothing', plan: 'gold' });
    await bindTo(door.house, 'credentials-exchange', [ready('machine-scopes')]);
    const claims = claimsOf(await ask());
    expect(claims).toMatchObject({ scope: 'read:things', 'https://example.com/plan': 'gold' });
    await setMetadata({});
  });
});
