// A whole login as a browser makes it: authorize, password, two scripts, a TOTP code between them, resume, tokens. Through
// the real app, real cells and SQLite on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { Passwords } from '#runtime/ports.ts';
import { createApp } from '#server/app.ts';
import { readConfig } from '#server/config.ts';
import { openKeyring } from '#storage/keyring.ts';
import { openStore } from '#storage/open.ts';
import type { Store } from '#storage/store.ts';
import { type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { SECRET } from '#test/kit/open-database.ts';
import { createPlainBrowser } from '#test/kit/plain-browser.ts';

const CALLBACK = 'https://app.example/callback';
const VERIFIER = 'a'.repeat(43);
const CHALLENGE = 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA';

const ASK = `exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);
};`;
const SHAPE = `exports.onExecutePostLogin = async (event, api) => {
  const used = event.authentication.methods.filter((method) => method.name === 'mfa').map((method) => method.type);
  api.idToken.setCustomClaim('https://example.com/factors', used);
};`;

export type Logins = {
  house: House;
  send: Send;
  /** One login, from authorize to tokens. */
  once(): Promise<void>;
  close(): Promise<void>;
};

/** A tenant with two scripts and one person, in a database of its own. `around`: what counts the calls of the store. */
export async function openLogins(passwords: Passwords, around = (store: Store): Store => store): Promise<Logins> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const store = around(await openStore(`sqlite:${join(folder, 'bench.db')}`, openKeyring([SECRET]), { now: Date.now }));
  const house = await openHouse({ ports: { store, passwords } });
  const builds = createBuilds();
  const { clock, runtime, tenant, ports } = house;
  await house.user('ana', ['otp'], { passwordHash: await createPasswords().hash(PASSWORD) });
  await house.bind(ASK, SHAPE);
  const client = await newClient(ports, tenant.id, { name: 'Bench', appType: 'spa', callbacks: [CALLBACK] });
  if (client === 'conflict') throw new Error('no client');
  const config = readConfig({ SALLYPORT_SECRET: SECRET, SALLYPORT_BASE_URL: tenant.baseUrl }, { start: false });
  const app = createApp({
    config,
    store,
    runtime,
    builds,
    egress: house.egress,
    clock: { now: ports.now, advance: (seconds) => clock.advance(seconds * 1000) },
    random: ports.random,
    passwords,
    log: ports.log,
  });
  const send: Send = (url, init) => app.request(url, init);
  return {
    house,
    send,
    once: () => oneLogin(tenant.baseUrl, send, client.id, clock),
    async close() {
      await Promise.all([house.close(), builds.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Send = (url: string, init: RequestInit) => Response | Promise<Response>;

async function oneLogin(site: string, send: Send, clientId: string, clock: House['clock']): Promise<void> {
  // A TOTP step is taken once: each login has its own.
  clock.advance(30_000);
  const browser = createPlainBrowser(site, send);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    state: 'state',
    nonce: 'nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const password = await browser.open(`/authorize?${query}`);
  const otp = await browser.post(password, { username: 'ana@example.com', password: PASSWORD, action: 'default' });
  const code = generateSync({ secret: TOTP_KEY, epoch: Math.floor(clock.at / 1000) });
  const callback = await browser.post(otp, { code, action: 'default' });
  const answer = await send(`${site}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(
      new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        code: callback.url.searchParams.get('code') ?? '',
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
      }),
    ),
  });
  const tokens = (await answer.json()) as { id_token?: string };
  if (!tokens.id_token) throw new Error(`the exchange answered ${answer.status}: ${JSON.stringify(tokens)}`);
}
