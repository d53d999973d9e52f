// Providers of captchas, kept and given back: those that nobody set up are shown with empty keys.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Office, openOffice } from './office.ts';

const PATH = '/api/v2/attack-protection/captcha';
const NONE = {
  active_provider_id: 'auth_challenge',
  simple_captcha: {},
  auth_challenge: { fail_open: false },
  recaptcha_v2: { site_key: '' },
  recaptcha_enterprise: { site_key: '', project_id: '' },
  hcaptcha: { site_key: '' },
  friendly_captcha: { site_key: '' },
  arkose: { site_key: '', client_subdomain: 'client-api', verify_subdomain: 'verify-api', fail_open: false },
};

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

test('what nobody set up can be written back as it was read', async () => {
  expect((await office.send('GET', PATH)).body).toEqual(NONE);
  expect(await office.send('PATCH', PATH, NONE)).toMatchObject({ status: 200, body: NONE });
});

test('a provider is replaced as a whole, the others stay, and secrets are kept nowhere', async () => {
  const providers = {
    recaptcha_v2: { site_key: 'v2', secret: 'secret of v2' },
    recaptcha_enterprise: { site_key: 'e', api_key: 'key of e', project_id: 'p' },
  };
  await office.send('PATCH', PATH, { active_provider_id: 'recaptcha_v2', ...providers });
  const arkose = {
    site_key: 'a',
    secret: 'secret of a',
    client_subdomain: 'c',
    verify_subdomain: 'v',
    fail_open: true,
  };
  const { body } = await office.send('PATCH', PATH, { active_provider_id: 'arkose', arkose });
  expect(body).toEqual({
    ...NONE,
    active_provider_id: 'arkose',
    recaptcha_v2: { site_key: 'v2' },
    recaptcha_enterprise: { site_key: 'e', project_id: 'p' },
    arkose: { site_key: 'a', client_subdomain: 'c', verify_subdomain: 'v', fail_open: true },
  });
  const tenant = await office.door.house.store.tenants.find(office.tenant.id);
  expect(JSON.stringify(tenant)).not.toMatch(/secret of|key of/);
  expect((await office.send('GET', '/api/v2/tenants/settings')).body).not.toHaveProperty('attackProtection');
});
