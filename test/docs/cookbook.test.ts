// The cookbook: each ready post-login script played through a login with a pause, as its page shows it.
import { SignJWT } from 'jose';
import { simulateLogin } from 'sallyport/testing';
import { describe, expect, test } from 'vitest';

describe('a second factor', () => {
  test('enrolled-factors asks for a factor that the person has', async () => {
    const login = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['phone', 'otp'] },
      actions: ['./actions/library/enrolled-factors.js'],
    });
    expect(login.offers.map(({ factor }) => factor)).toEqual(['otp', 'phone']);
    await login.choose('phone');
    await login.answer();
    expect(login.state).toBe('completed');
  });

  test('enroll-when-missing has people set up what they lack', async () => {
    const login = await simulateLogin({
      user: { email: 'cleo@example.com' },
      actions: ['./actions/library/enroll-when-missing.js'],
    });
    await login.choose('phone');
    await login.enroll();
    await login.finish();
    expect(login.state).toBe('completed');
  });

  test('by-role asks administrators for two', async () => {
    const login = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['phone', 'otp'], roles: ['admin'] },
      actions: ['./actions/library/by-role.js'],
    });
    expect(login.factor).toBe('otp');
    await login.answer();
    expect(login.factor).toBe('phone');
    await login.answer();
    expect(login.state).toBe('completed');
  });

  test('sequence-second decides by what was shown', async () => {
    const login = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['phone', 'otp', 'email'], roles: ['admin'] },
      actions: ['./actions/library/sequence-first.js', './actions/library/sequence-second.js'],
    });
    await login.choose('phone');
    await login.answer();
    expect(login.factor).toBe('email');
    await login.answer();
    expect(login.state).toBe('completed');
  });
});

describe('ways around', () => {
  test('other-method leaves a way by mail', async () => {
    const login = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['otp', 'email'] },
      actions: ['./actions/library/other-method.js'],
    });
    expect(login.factor).toBe('otp');
    await login.reconsider();
    await login.choose('email');
    await login.answer();
    expect(login.state).toBe('completed');
  });

  test('enrolled-as-other-methods leaves every way', async () => {
    const login = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['otp', 'phone'] },
      actions: ['./actions/library/enrolled-as-other-methods.js'],
    });
    expect(login.factor).toBe('otp');
    await login.reconsider();
    await login.choose('phone');
    await login.answer();
    expect(login.state).toBe('completed');
  });

  test('recovery-second has whoever lost a phone set up another factor', async () => {
    const login = await simulateLogin({
      user: { email: 'dora@example.com', factors: ['otp', 'recovery-code'] },
      actions: ['./actions/library/recovery-first.js', './actions/library/recovery-second.js'],
    });
    await login.reconsider();
    await login.choose('recovery-code');
    await login.answer();
    await login.finish();
    expect(login.state).toBe('completed');
    expect(login.logs.map(({ type }) => type)).toContain('gd_enrollment_complete');
  });
});

describe('which factor', () => {
  test('preferred-method asks as the person likes', async () => {
    const login = await simulateLogin({
      user: {
        email: 'ana@example.com',
        factors: ['otp', 'phone'],
        user_metadata: { mfa_method: 'sms' },
      },
      actions: ['./actions/library/preferred-method.js'],
    });
    expect(login.factor).toBe('phone');
    await login.answer();
    expect(login.state).toBe('completed');
  });

  test('push-first asks for a tap', async () => {
    const login = await simulateLogin({
      user: { email: 'emil@example.com', factors: ['push-notification', 'otp'] },
      actions: ['./actions/library/push-first.js'],
    });
    expect(login.factor).toBe('push-notification');
    await login.approvePush();
    expect(login.state).toBe('completed');
  });

  test('keys-first asks for what cannot be phished', async () => {
    const login = await simulateLogin({
      user: { email: 'fay@example.com', factors: ['webauthn-roaming', 'otp'] },
      actions: ['./actions/library/keys-first.js'],
    });
    expect(login.factor).toBe('webauthn-roaming');
    await login.answer();
    expect(login.state).toBe('completed');
  });
});

describe('who, where and how long', () => {
  test('adaptive asks in a browser that it does not know', async () => {
    const home = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['otp'] },
      actions: ['./actions/library/adaptive.js'],
      request: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
    });
    expect(home.state).toBe('completed');

    const elsewhere = await home.again({ prompt: 'login', request: { userAgent: 'curl/8.9' } });
    await elsewhere.choose('otp');
    await elsewhere.answer();
    expect(elsewhere.state).toBe('completed');
  });

  test('by-organization-and-metadata takes what the organization accepts', async () => {
    const acme = { name: 'acme', display_name: 'Acme', metadata: { factors: 'otp,email' } };
    const actions = ['./actions/library/by-organization-and-metadata.js'];
    const login = await simulateLogin({
      user: { email: 'ana@example.com', factors: ['otp'] },
      organization: acme,
      actions,
    });
    expect(login.factor).toBe('otp');
    await login.answer();
    expect(login.state).toBe('completed');

    const without = await simulateLogin({
      user: { email: 'ben@example.com', email_verified: false },
      organization: acme,
      actions,
    });
    expect(without.denied?.reason).toBe('Acme accepts none of your sign-in methods.');
  });

  test('accept-terms goes on with a signed answer', async () => {
    const secrets = { 'accept-terms': { TERMS_PAGE: 'https://shop.example.com/terms', TERMS_SECRET: 'k'.repeat(32) } };
    const login = await simulateLogin({
      user: { email: 'ana@example.com' },
      actions: ['./actions/library/accept-terms.js'],
      secrets,
    });
    const sent = login.redirected?.searchParams;
    const [, claims] = sent?.get('session_token')?.split('.') ?? [];
    const { iss, sub, exp } = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());

    const state = sent?.get('state');
    const answer = await new SignJWT({ iss, sub, exp, state, accepted: true })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('k'.repeat(32)));
    await login.continue({ body: { session_token: answer } });
    expect(login.state).toBe('completed');
    expect(await login.user()).toMatchObject({ app_metadata: { terms_accepted_at: expect.any(String) } });
  });

  test('shorter-session signs administrators out after ten minutes', async () => {
    const login = await simulateLogin({
      user: { email: 'ana@example.com', roles: ['admin'], factors: ['otp'] },
      actions: ['./actions/library/enrolled-factors.js', './actions/library/shorter-session.js'],
    });
    await login.answer();
    expect(login.state).toBe('completed');

    login.clock.advance('11 minutes');
    const later = await login.again({ prompt: 'none' });
    expect(later.denied?.code).toBe('login_required');
  });
});
