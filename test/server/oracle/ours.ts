// Tests, oracle: our server, whole and on a socket of its own.
import { SignJWT } from 'jose';
import { newClient } from '#runtime/lifecycle/client.ts';
import { listen } from '#server/listen.ts';
import { signingKey } from '#server/oauth/keys.ts';
import type { UserRecord } from '#storage/records.ts';
import { freePort } from '#test/kit/free-port.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { API, APPLICATIONS, type Application, CALLBACK, hasSecret, SECRET, settingsOf } from './clients.ts';
import type { Side } from './side.ts';
import { createVisitor, isScreen, type Visitor } from './visitor.ts';

export async function openOurs(): Promise<{ side: Side; door: FrontDoor; ana: UserRecord }> {
  const port = await freePort();
  const site = `http://127.0.0.1:${port}`;
  const door = await openFrontDoor({ env: { SALLYPORT_RATE_LIMITS: 'off' } });
  const { house, deps } = door;
  // The library reads the time from the machine.
  house.clock.at = Date.now();
  await house.editTenant((tenant) => ({ ...tenant, baseUrl: site }));
  // The applications of the front door make room.
  for (const { id } of [door.spa, door.web]) await deps.store.clients.remove(house.tenant.id, id);
  for (const application of APPLICATIONS) await register(door, application);
  const user = await house.user('ana', ['email'], { nickname: 'ana', picture: 'https://app.example/ana.png' });
  const listener = await listen(door.app, { host: '127.0.0.1', port });

  const signedIn = createVisitor(site);
  const side: Side = {
    name: 'ours',
    site,
    issuer: `${site}/`,
    subject: user.id,
    nobody: () => createVisitor(site),
    ana: () => createVisitor(site, new Map(signedIn.cookies)),
    signIn,
    now: () => Math.floor(house.clock.at / 1000),
    sign: async (claims, typ = 'JWT') => {
      const key = await signingKey(deps, house.tenant, 'RS256');
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.id, typ }).sign(key.privateKey);
    },
    close: async () => {
      await listener.close(0);
      await door.close();
    },
  };
  const begun = await signedIn.send(`/authorize?client_id=post&response_type=code&redirect_uri=${CALLBACK}`);
  await signIn(signedIn, begun);
  return { side, door, ana: user };
}

async function signIn(visitor: Visitor, answer: Response): Promise<Response> {
  let last = answer;
  for (let pages = 0; pages < 5; pages++) {
    last = await visitor.follow(last);
    const location = last.headers.get('location');
    const at = location === null ? undefined : new URL(location, last.url);
    if (!at || !isScreen(at)) return last;
    const state = at.searchParams.get('state') ?? '';
    const form =
      at.pathname === '/u/login'
        ? { state, username: 'ana@example.com', password: PASSWORD, action: 'default' }
        : { state, action: 'accept' };
    last = await visitor.send(at.href, { form: new URLSearchParams(form) });
  }
  throw new Error('the pages do not end');
}

async function register({ house, deps }: FrontDoor, application: Application): Promise<void> {
  const { id, auth, grants, callbacks = [CALLBACK], native } = application;
  const made = await newClient(house.ports, house.tenant.id, {
    id,
    name: id,
    authMethod: auth,
    ...(hasSecret(application) ? { secret: SECRET } : {}),
    ...(native ? { appType: 'native' as const } : {}),
    grantTypes: grants,
    callbacks,
    settings: settingsOf(application),
  });
  if (made === 'conflict') throw new Error(`there is a client ${id} already`);
  if (!grants.includes('client_credentials')) return;
  const grant = { tenantId: house.tenant.id, id: `cgr_${id}`, clientId: id, audience: API };
  const scope = ['read:things', 'write:things'];
  await deps.store.clientGrants.insert({ ...grant, scope, settings: {}, createdAt: 1, updatedAt: 1 });
}
