// The door of a token exchange: to whom it is open, what a request has to hold, what the Action's refusals look like on the
// wire, and that nobody gets to guess many subject tokens.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { deployTo, lastLine, linesOf } from '#test/runtime/triggers/bind-to.ts';
import { ACCESS, type ApiCall, byId, type ExchangeDesk, GRANT, MARK, openExchangeDesk, TYPE } from './exchange-desk.ts';

const refused = (status: number, error: string, description?: unknown) => ({
  status,
  body: { error, error_description: description ?? expect.any(String) },
});
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: ExchangeDesk;
  let me: ApiCall;
  beforeAll(async () => {
    desk = await openExchangeDesk(await open());
    me = byId(desk.ana.id);
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    await desk.door.house.bind();
    await desk.setClient('web', {});
  });

  describe('is open', () => {
    const closed = refused(403, 'unauthorized_client', `Grant type '${GRANT}' not allowed for the client.`);
    const opened = { token_exchange: { allow_any_profile_of_type: ['custom_authentication'] } };

    test.each<[string, Partial<ClientRecord>, object]>([
      ['to whom profiles of its type are open, whatever its grants', { grantTypes: [] }, { status: 200 }],
      ['to nobody else', { settings: {} }, closed],
      ['not by the name of the grant alone', { settings: {}, grantTypes: [GRANT] }, closed],
      ['not where the list is empty', { settings: { token_exchange: { allow_any_profile_of_type: [] } } }, closed],
      ['not where it is no list', { settings: { token_exchange: [] } }, closed],
      ['not to an application of somebody else', { settings: { ...opened, is_first_party: false } }, closed],
    ])('%s', async (_case, more, answer) => {
      await desk.setClient('web', more);
      expect(await desk.exchange([me])).toMatchObject(answer);
    });

    test('to a client that shows its secret', async () => {
      expect(await desk.exchange([me], { client_secret: 'wrong' })).toMatchObject({ status: 401 });
    });
  });

  describe('a request', () => {
    test.each<[string, Record<string, string | undefined>, object]>([
      ['without a token', { subject_token: undefined }, refused(400, 'invalid_request', missing('subject_token'))],
      [
        'without a type',
        { subject_token_type: undefined },
        refused(400, 'invalid_request', missing('subject_token_type')),
      ],
      [
        'of a type that no profile has',
        { subject_token_type: `${TYPE}:2` },
        refused(400, 'invalid_request', 'There is no token exchange profile for this subject_token_type'),
      ],
      ['of the type in other letters', { subject_token_type: TYPE.toUpperCase() }, refused(400, 'invalid_request')],
      ['for another kind of token', { requested_token_type: ID_TOKEN }, refused(400, 'invalid_request')],
      ['for the kind there is', { requested_token_type: ACCESS }, { status: 200 }],
      ['with an actor of no type', { actor_token: 'a' }, refused(400, 'invalid_request', missing('actor_token_type'))],
      [
        'with a type of no actor',
        { actor_token_type: 'urn:a' },
        refused(400, 'invalid_request', missing('actor_token')),
      ],
      ['for an unknown API', { audience: 'https://none.example/' }, refused(403, 'access_denied')],
    ])('%s', async (_case, more, answer) => {
      expect(await desk.exchange([me], more)).toMatchObject(answer);
    });

    test('for an API that wants proof of a key, without one, makes nobody', async () => {
      const { house, deps } = desk.door;
      const settings = { proof_of_possession: { mechanism: 'dpop', required: true } };
      await deps.store.resourceServers.update(house.tenant.id, 'api', (api) => ({ ...api, settings }));
      const made: ApiCall = [
        'authentication',
        'setUserByConnection',
        'Username-Password-Authentication',
        { user_id: 'unproven' },
        { creationBehavior: 'create_if_not_exists', updateBehavior: 'none' },
      ];
      expect(await desk.exchange([made], { audience: 'https://api.example/' })).toMatchObject({ status: 400 });
      expect(await deps.store.users.find(house.tenant.id, 'auth0|unproven')).toBeUndefined();
      await deps.store.resourceServers.update(house.tenant.id, 'api', (api) => ({ ...api, settings: {} }));
    });

    test('of another tenant has no profile here', async () => {
      const { store } = desk.door.deps;
      const neighbours = { id: 'tep_2', subjectTokenType: 'urn:neighbours:token', tenantId: 'another tenant' };
      const [own] = (await store.tokenExchangeProfiles.list(desk.door.house.tenant.id)).records;
      await store.tokenExchangeProfiles.insert({ ...own!, ...neighbours });
      expect(await desk.exchange([me], { subject_token_type: 'urn:neighbours:token' })).toMatchObject(
        refused(400, 'invalid_request'),
      );
    });
  });

  describe('the Action', () => {
    test.each<[string, ApiCall[], object]>([
      ['denies by a code of its own', [['access', 'deny', 'too_late', 'Closed.']], refused(400, 'too_late', 'Closed.')],
      ['denies access', [['access', 'deny', 'access_denied', 'No.']], refused(403, 'access_denied', 'No.')],
      ['calls it a fault', [['access', 'deny', 'server_error', 'Down.']], refused(500, 'server_error', 'Down.')],
      [
        'calls the token bad',
        [['access', 'rejectInvalidSubjectToken', 'Bad signature.']],
        refused(400, 'invalid_request', 'Bad signature.'),
      ],
      ['names nobody', [], refused(403, 'access_denied')],
      ['names two', [me, byId('auth0|2')], refused(403, 'access_denied')],
      ['fails', [['no', 'such', 'method']], refused(403, 'access_denied')],
    ])('%s', async (_case, calls, answer) => {
      expect(await desk.exchange(calls)).toMatchObject(answer);
      expect(await lastLine(desk.door.house, 'fecte')).toMatchObject({ clientId: 'web' });
    });

    test('is told whose an id_token of this client is, and of no other token', async () => {
      const { house, deps } = desk.door;
      const tells = await deployTo(house, 'custom-token-exchange', {
        name: 'tells',
        code: `exports.onExecuteCustomTokenExchange = async (event, api) => {
          api.access.deny('told', event.transaction.actor_token_user?.user_id ?? 'nobody');
        };`,
      });
      const [own] = (await deps.store.tokenExchangeProfiles.list(house.tenant.id)).records;
      const second = { ...own!, id: 'tep_3', subjectTokenType: 'urn:tells:token', actionId: tells };
      await deps.store.tokenExchangeProfiles.insert(second);
      const ask = async (token: unknown, actor_token_type = ID_TOKEN) => {
        const more = { subject_token_type: 'urn:tells:token', actor_token: String(token), actor_token_type };
        return (await desk.exchange([], more)).body.error_description;
      };
      const agent = await house.user('agent');
      const { body } = await desk.exchange([byId(agent.id)], { scope: 'openid' });
      expect(await ask(body.id_token)).toBe(agent.id);
      const asPublic = { client_id: 'spa', client_secret: undefined, scope: 'openid' };
      const foreign = await desk.exchange([byId(agent.id)], asPublic);
      expect([
        await ask(body.id_token, 'urn:other'),
        await ask(body.access_token),
        await ask(foreign.body.id_token),
        await ask('no token'),
        await ask(`${body.id_token}x`),
      ]).toEqual(Array(5).fill('nobody'));
      house.clock.advance(37_000_000);
      expect(await ask(body.id_token)).toBe('nobody');
    });

    test('may be gone: nobody gets in', async () => {
      const { house, deps } = desk.door;
      const [own] = (await deps.store.tokenExchangeProfiles.list(house.tenant.id)).records;
      const orphan = { ...own!, id: 'tep_4', subjectTokenType: 'urn:orphan:token', actionId: 'gone' };
      await deps.store.tokenExchangeProfiles.insert(orphan);
      const text = 'The token exchange profile has no deployed Action.';
      expect(await desk.exchange([me], { subject_token_type: 'urn:orphan:token' })).toMatchObject(
        refused(403, 'access_denied', text),
      );
    });
  });

  describe('guesses', () => {
    const bad: ApiCall[] = [['access', 'rejectInvalidSubjectToken', 'Bad.']];
    const fromElsewhere = async () => {
      await desk.setClient('web', {
        settings: {
          is_token_endpoint_ip_header_trusted: true,
          token_exchange: { allow_any_profile_of_type: ['custom_authentication'] },
        },
      });
    };
    const guess = (calls: ApiCall[], ip: string) =>
      desk.door.token(
        {
          grant_type: GRANT,
          client_id: 'web',
          client_secret: String(desk.door.web.secret),
          subject_token: JSON.stringify({ mark: MARK, calls }),
          subject_token_type: TYPE,
        },
        { 'auth0-forwarded-for': ip },
      );

    test('are few from one address; others, and what was not a guess, do not count', async () => {
      await fromElsewhere();
      // Each gives its try back: whoever exchanges good tokens is never slowed down.
      for (let good = 0; good < 12; good++) expect(await guess([me], '198.51.100.1')).toMatchObject({ status: 200 });
      for (let denied = 0; denied < 12; denied++) {
        expect(await guess([['access', 'deny', 'no', 'No.']], '198.51.100.1')).toMatchObject({ status: 400 });
      }
      for (let tries = 0; tries < 10; tries++) {
        expect(await guess(bad, '198.51.100.1')).toMatchObject(refused(400, 'invalid_request', 'Bad.'));
      }
      const over = await guess([me], '198.51.100.1');
      expect(over).toMatchObject(refused(429, 'too_many_attempts'));
      expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await guess([me], '198.51.100.2')).toMatchObject({ status: 200 });
      // The tenant's log is told of the block once an hour.
      await guess([me], '198.51.100.1');
      const told = await linesOf(desk.door.house, 'limit_mu');
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({ details: { flow: 'pre-custom-token-exchange', ip: '198.51.100.1' } });
      desk.door.house.clock.advance(10 * 60_000);
      expect(await guess([me], '198.51.100.1')).toMatchObject({ status: 200 });
    });

    test('at once are no more', async () => {
      await fromElsewhere();
      const all = await Promise.all(Array.from({ length: 14 }, () => guess(bad, '198.51.100.9')));
      expect(all.filter(({ status }) => status === 400)).toHaveLength(10);
      expect(all.filter(({ status }) => status === 429)).toHaveLength(4);
    });
  });
});

function missing(name: string): string {
  return `Missing required parameter: ${name}`;
}
