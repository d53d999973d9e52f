// Test: a phone as the server knows it: a key of its own and statements that it signs. Whatever a real one would not do, it
// can be told to.
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Deps, Env } from '#server/deps.ts';
import { pushRoutes } from '#server/push/push.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import { CALLER, type House } from '#test/kit/house.ts';

export type Said = { status: number; body: JsonObject };
export type Phone = {
  id: string;
  secret: string;
  /** A signed statement; `more` replaces claims, `header` members of its header. */
  say(verb: string, claims?: JsonObject, more?: { header?: JsonObject; at?: string }): Promise<Said>;
  /** The text of a statement, for whoever sends it twice. */
  sign(verb: string, claims?: JsonObject, header?: JsonObject): Promise<string>;
  /** The one request that waits for its answer. */
  request(): Promise<JsonObject & { id: string; choices: string[] }>;
};

export type Exchange = {
  post(verb: string, body: string, type?: string): Promise<Said>;
  offer(key: string): Promise<Said>;
  /**
   * Reads the picture with the key, becomes a device and asks what there is for it; where the answer gets lost, it does not.
   * `again`: it says the same once more.
   */
  enroll(key: string, name?: string, answer?: 'lost'): Promise<Said & { phone: Phone; again(): Promise<Said> }>;
};

/** @param tenant whose address is called; the house's own unless given. */
export function openExchange(house: House, tenant: () => TenantRecord = () => house.tenant): Exchange {
  const clock = { now: house.ports.now, advance: () => {} };
  const deps = { store: house.store, runtime: house.runtime, random: house.ports.random, clock } as unknown as Deps;
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set('tenant', tenant());
      c.set('pageStore', house.store);
      c.set('caller', { ...CALLER, userAgent: 'Phone' });
      await next();
    })
    .route('/', pushRoutes(deps));

  const exchange: Exchange = {
    post: async (verb, body, type = 'application/jose') => {
      const answer = await app.request(`${tenant().baseUrl}/push/api/${verb}`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      return { status: answer.status, body: (await answer.json()) as JsonObject };
    },
    offer: (key) => exchange.post('offer', JSON.stringify({ key }), 'application/json'),
    enroll: async (key, name = 'My phone', answer) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      const jwk = (await exportJWK(publicKey)) as JsonObject;
      const again = async () => exchange.post('enroll', await statement(privateKey, 'enroll', { key, name }, { jwk }));
      const said = await again();
      const { device: id = '', secret = '' } = said.body as { device?: string; secret?: string };
      const phone = phoneOf(privateKey, id, secret);
      if (said.status === 200 && answer !== 'lost') await phone.say('requests');
      return { ...said, phone, again };
    },
  };

  function statement(key: CryptoKey, verb: string, claims: JsonObject, header: JsonObject): Promise<string> {
    const aud = `${house.tenant.baseUrl}/push/api/${verb}`;
    const iat = Math.floor(house.clock.at / 1000);
    return new SignJWT({ aud, iat, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'device+jwt', ...header })
      .sign(key);
  }

  function phoneOf(key: CryptoKey, id: string, secret: string): Phone {
    const phone: Phone = {
      id,
      secret,
      sign: (verb, claims = {}, header = {}) => statement(key, verb, claims, { kid: id, ...header }),
      say: async (verb, claims = {}, { header = {}, at = verb } = {}) =>
        exchange.post(at, await phone.sign(verb, claims, header)),
      request: async () => {
        const { body } = await phone.say('requests');
        const [request] = body.requests as (JsonObject & { id: string; choices: string[] })[];
        if (!request) throw new Error('nothing waits for this phone');
        return request;
      },
    };
    return phone;
  }
  return exchange;
}
