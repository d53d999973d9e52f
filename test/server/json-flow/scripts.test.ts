// Scripts in the JSON flow: they run when somebody asks to be let through, and what they ask for is met by interactions,
// by a page, or not at all.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { CALLBACK } from '../oauth/front-door.ts';
import { type Answered, type FlowDesk, OWN_CODES, openFlowDesk, ownPage } from './flow-desk.ts';

const NAVIGATION = { accept: 'text/html,*/*', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
const CREDENTIALS = `Basic ${Buffer.from('web:web+secret+%2B+more').toString('base64')}`;
const PHONE = '+447700900777';
const ASKS_FOR_PHONE = `exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'phone' });
};`;

const script = (...lines: string[]) => `exports.onExecutePostLogin = async (event, api) => { ${lines.join('\n')} };`;

describe('scripts of a login of the JSON flow', () => {
  let desk: FlowDesk;
  beforeAll(async () => {
    desk = await openFlowDesk();
    await desk.configure('sms', OWN_CODES('sms'));
    await desk.demand(['password-authentication']);
    await desk.door.house.user('ana', [], { phoneNumber: PHONE, phoneVerified: true });
    await desk.door.house.user('ben');
  });
  beforeEach(() => desk.door.house.clock.advance(60 * 60_000));
  afterEach(() => desk.door.house.bind());
  afterAll(() => desk.close());

  /** Somebody whose password was taken. */
  const entered = async (who: string, headers: Record<string, string> = {}) => {
    const begun = await desk.begin({}, headers);
    const own = begun.cookie ? { cookie: begun.cookie, ...ownPage(desk.door.house.tenant) } : {};
    const body = { username: `${who}@example.com`, password: PASSWORD };
    expect((await desk.call(begun.id, 'password-authentication', body, own)).status).toBe(200);
    return { id: begun.id, own };
  };
  const parametersOf = ({ body }: Answered) => new URL(String(body.redirect_uri)).searchParams;

  test('claims of a script are in the tokens, and it sees what was called', async () => {
    await desk.door.house.bind(
      script(
        "const counts = event.authentication.interactions['password-authentication'];",
        "api.idToken.setCustomClaim('https://app.example/shown', counts.success_count);",
        "api.idToken.setCustomClaim('https://app.example/hint', event.request.query.brand);",
      ),
    );
    const { id } = await desk.begin({ brand: 'blue' });
    await desk.call(id, 'password-authentication', { username: 'ana@example.com', password: 'wrong' });
    await desk.call(id, 'password-authentication', { username: 'ana@example.com', password: PASSWORD });
    const end = await desk.call(id, 'authorize');
    const { body } = await desk.door.token(
      { grant_type: 'authorization_code', code: parametersOf(end).get('code') ?? '', redirect_uri: CALLBACK },
      { authorization: CREDENTIALS },
    );
    const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ 'https://app.example/shown': 1, 'https://app.example/hint': 'blue' });
  });

  test('a denial goes to the callback, and is told again', async () => {
    await desk.door.house.bind(script("api.access.deny('Not on Sundays');"));
    const { id } = await entered('ana');
    const end = await desk.call(id, 'authorize');
    expect(end.status).toBe(200);
    expect(Object.fromEntries(parametersOf(end))).toMatchObject({
      error: 'access_denied',
      error_description: 'Not on Sundays',
      state: 'the state',
    });
    expect((await desk.call(id, 'authorize')).body).toEqual(end.body);
    expect((await desk.call(id, 'sms-authentication-challenge')).status).toBe(403);
  });

  test('a factor that a script asks for is met by interactions; scripts run once each', async () => {
    await desk.door.house.bind(
      ASKS_FOR_PHONE,
      script(
        "if (!event.authentication.methods.some((method) => method.name === 'mfa')) api.access.deny('no factor');",
        "else api.idToken.setCustomClaim('https://app.example/factor', true);",
      ),
    );
    const { id } = await entered('ana');
    const told = await desk.call(id, 'authorize');
    expect(told).toMatchObject({
      status: 400,
      body: {
        error: 'interaction_required',
        awaiting: { factors: ['phone'], interactions: ['sms-authentication-challenge', 'sms-authentication'] },
      },
    });
    expect(told.body).not.toHaveProperty('authorize_uri');
    expect((await desk.call(id, 'authorize')).body).toEqual(told.body);
    expect((await desk.look(id, 'authentication-status')).body).toMatchObject({
      status: 'in_progress',
      explanation: { awaiting: { factors: ['phone'] } },
    });
    expect((await desk.call(id, 'sms-authentication-challenge')).status).toBe(200);
    const verification_code = await desk.door.house.codeFor(PHONE);
    const wrong = await desk.call(id, 'sms-authentication', {
      verification_code: verification_code === '000000' ? '1' : '000000',
    });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Verification code is invalid or expired' },
    });
    expect((await desk.call(id, 'authorize')).status).toBe(400);
    expect(await desk.call(id, 'sms-authentication', { verification_code })).toMatchObject({
      status: 200,
      body: { status: 'success' },
    });
    const end = await desk.call(id, 'authorize');
    expect(end.status).toBe(200);
    expect(parametersOf(end).get('code')).toBeTruthy();
  });

  test('a browser is told the page as well', async () => {
    await desk.door.house.bind(ASKS_FOR_PHONE);
    const { id, own } = await entered('ana', NAVIGATION);
    expect((await desk.call(id, 'authorize', {}, own)).body).toMatchObject({
      error: 'interaction_required',
      authorize_uri: `${desk.door.site}/authorize?id=${id}`,
    });
  });

  test('what needs a page is said to need one', async () => {
    await desk.door.house.bind(script("api.redirect.sendUserTo('https://elsewhere.example/');"));
    const inBrowser = await entered('ana', NAVIGATION);
    const told = await desk.call(inBrowser.id, 'authorize', {}, inBrowser.own);
    expect(told).toMatchObject({
      status: 400,
      body: { error: 'interaction_required', authorize_uri: `${desk.door.site}/authorize?id=${inBrowser.id}` },
    });
    // Nothing of the address that the script chose, and no second way on.
    expect(JSON.stringify(told.body)).not.toContain('elsewhere');
    expect(await desk.call(inBrowser.id, 'password-authentication', {}, inBrowser.own)).toMatchObject({
      status: 400,
      body: { error: 'interaction_required' },
    });
    const headless = await entered('ana');
    // Nobody could ever open a page of this one: it ends.
    const over = await desk.call(headless.id, 'authorize');
    expect(over.status).toBe(200);
    expect(Object.fromEntries(parametersOf(over))).toMatchObject({ error: 'interaction_required' });
  });

  test('a factor that nobody can show there', async () => {
    await desk.door.house.bind(ASKS_FOR_PHONE);
    const { id } = await entered('ben');
    const { status, body } = await desk.call(id, 'authorize');
    expect([200, 400]).toContain(status);
    expect(JSON.stringify(body)).not.toContain('code=');
  });

  test('a script that fails ends the login at the callback', async () => {
    await desk.door.house.bind(script("throw new Error('broken');"));
    const { id } = await entered('ana');
    const end = await desk.call(id, 'authorize');
    expect(Object.fromEntries(parametersOf(end))).toMatchObject({
      error: 'access_denied',
      error_description: 'broken',
    });
  });

  test('while scripts run nobody else moves the login', async () => {
    await desk.door.house.bind(script('await new Promise((resolve) => setTimeout(resolve, 300));'));
    const { id } = await entered('ana');
    const first = desk.call(id, 'authorize');
    // Begun, and not through yet.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const others = await Promise.all([
      desk.call(id, 'authorize'),
      desk.call(id, 'deny'),
      desk.call(id, 'password-authentication', { username: 'ana@example.com', password: PASSWORD }),
    ]);
    for (const other of others) {
      expect(other).toMatchObject({ status: 409, body: { error: 'transaction_conflict' } });
    }
    expect(parametersOf(await first).get('code')).toBeTruthy();
  });
});
