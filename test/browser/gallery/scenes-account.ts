// Test: the scenes of somebody who is signed in and looks after how they sign in.
import type { AuthenticatorRecord } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { app, appCode, arrived, passkey, phone, pushPhone, type Scene, securityKey } from './scene.ts';
import { type Gallery, PERSON, type Visitor } from './stage.ts';

type Page = Awaited<ReturnType<Visitor['open']>>;

const KEY = 'Blue security key';
const OWN = (): Partial<AuthenticatorRecord>[] => [
  app,
  phone,
  securityKey(KEY),
  pushPhone(),
  passkey(),
  { type: 'recovery-code', secret: 'x' },
];

export const ACCOUNT_SCENES: Scene[] = [
  scene('account', (_gallery, visitor) => visitor.open('/u/account')),
  scene('account-empty', (_gallery, visitor) => visitor.open('/u/account'), { path: '/u/account', has: [] }),
  scene('account-add-factor', proved, { has: [app] }),
  scene(
    'account-name-factor',
    async (gallery, visitor) => visitor.open(`/u/account-name-factor?id=${await keyId(gallery)}`),
    {
      refuses: 'no-nickname',
      plainly: { fill: () => ({ nickname: 'Red key' }), to: /^\/u\/account$/ },
    },
  ),
  scene('account-remove-factor', async (gallery, visitor) =>
    visitor.open(`/u/account-remove-factor?id=${await keyId(gallery)}`),
  ),
  scene('account-recovery-code', (_gallery, visitor) => visitor.open('/u/account-recovery-code')),
  scene('account-history', (_gallery, visitor) => visitor.open('/u/account-history')),
  scene('account-sessions', (_gallery, visitor) => visitor.open('/u/account-sessions')),
];

function scene(
  name: string,
  walk: (gallery: Gallery, visitor: Visitor) => Promise<Page>,
  { path = `/u/${name}`, has, ...more }: Partial<Scene> & { has?: Partial<AuthenticatorRecord>[] } = {},
): Scene {
  return {
    name,
    flow: 'account',
    path,
    reach: async (gallery, visitor) => {
      await gallery.person({ has: has ?? OWN(), emailVerified: true });
      const login = await visitor.open('/u/account');
      await visitor.post(login, { username: PERSON.email, password: PASSWORD, action: 'default' });
      return arrived(await walk(gallery, visitor), path);
    },
    ...more,
  };
}

async function keyId({ house: { store, tenant } }: Gallery): Promise<string> {
  const found = await store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', PERSON.email);
  const own = await store.authenticators.ofUser(tenant.id, found?.id ?? '');
  return own.find(({ name }) => name === KEY)?.id ?? '';
}

/** A factor is shown before another may be added. */
async function proved(gallery: Gallery, visitor: Visitor): Promise<Page> {
  const overview = await visitor.open('/u/account');
  const state = /name="state" value="([^"]*)"/.exec(overview.html)?.[1] ?? '';
  const asked = await visitor.open('/u/account', { state, action: 'add' });
  return visitor.post(asked, { code: appCode(gallery.house.clock.at), action: 'default' });
}
