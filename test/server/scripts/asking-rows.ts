// Test: rows of the methods that ask the person for something, send them away, or hand the login over.
import { jwtVerify, SignJWT } from 'jose';
import { expect } from 'vitest';
import {
  comeBack,
  execute,
  expectPage,
  factorsOf,
  lastLog,
  post,
  type Rest,
  type Rows,
  sessions,
  show,
  shown,
} from './row.ts';
import { FORM, items } from './stage.ts';

const SECRET = 'a secret that both sides know';
const key = new TextEncoder().encode(SECRET);
const PHONE = '+447700900456';
const takesOne = (name: string) => `api.authentication.${name} takes factors such as { type: 'otp' }.`;
const takesMany = (name: string) => `api.authentication.${name} takes an array of factors such as [{ type: 'otp' }].`;

const withCode = (rest: Rest) => post(rest, { code: rest.stage.totp() });
const methodsOf = async (rest: Rest) => {
  const [session] = await sessions(rest);
  return items(session?.authentication?.methods).map(({ name, type }) => type ?? name);
};

export const askingRows: Rows = {
  'authentication.challengeWith': {
    does: `api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });`,
    next: show(`event.authentication.methods.map(({ name, type }) => type ?? name)`),
    has: ['otp', 'email'],
    async sees(rest) {
      expectPage(rest, '/u/mfa-otp-challenge');
      const done = await withCode(rest);
      expect(await shown(done)).toEqual(['pwd', 'otp']);
      expect((await methodsOf(done)).toSorted()).toEqual(['otp', 'pwd']);
    },
    bad: [
      [`api.authentication.challengeWith('otp');`, takesOne('challengeWith')],
      [
        `api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: 'email' });`,
        `additionalFactors of ${takesMany('challengeWith')}`,
      ],
    ],
  },
  'authentication.challengeWithAny': {
    does: `api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'email' }]);`,
    next: show(`event.authentication.methods.map(({ name, type }) => type ?? name)`),
    has: ['otp', 'email'],
    async sees(rest) {
      expectPage(rest, '/u/mfa-login-options');
      const picked = await post(rest, { action: 'email' });
      expectPage(picked, '/u/mfa-email-challenge');
      const code = await rest.stage.door.house.codeFor(rest.user.email ?? '');
      expect(await shown(await post(picked, { code }))).toContain('email');
    },
    bad: [[`api.authentication.challengeWithAny({ type: 'otp' });`, takesMany('challengeWithAny')]],
  },
  'authentication.enrollWith': {
    does: `api.authentication.enrollWith({ type: 'otp' });`,
    own: true,
    async sees(rest) {
      expectPage(rest, '/u/mfa-otp-enrollment-qr');
      const secret = /<code class="key"[^>]*>(.*?)<\/code>/.exec(rest.end.html)?.[1]?.replace(/<[^>]*>/g, '') ?? '';
      expect(await factorsOf(rest)).toEqual([]);
      await shown(await post(rest, { code: rest.stage.totp(secret) }));
      expect(await factorsOf(rest)).toContain('totp');
    },
    bad: [[`api.authentication.enrollWith(null);`, takesOne('enrollWith')]],
  },
  'authentication.enrollWithAny': {
    does: `api.authentication.enrollWithAny([{ type: 'phone' }, { type: 'otp' }]);`,
    next: show(`event.user.enrolledFactors.map(({ type }) => type)`),
    own: true,
    async sees(rest) {
      expectPage(rest, '/u/mfa-begin-enroll-options');
      const number = await post(rest, { action: 'sms' });
      expectPage(number, '/u/mfa-sms-enrollment');
      const challenge = await post(number, { phone: PHONE });
      const code = await rest.stage.door.house.codeFor(PHONE);
      expect(await shown(await post(challenge, { code }))).toEqual(['phone']);
      expect(await factorsOf(rest)).toContain('phone');
    },
    bad: [[`api.authentication.enrollWithAny([null]);`, takesOne('enrollWithAny')]],
  },
  'authentication.recordMethod': {
    does: `api.redirect.sendUserTo('https://proof.example/');`,
    continues: `api.authentication.recordMethod('https://proof.example/passport');`,
    next: show(`event.authentication.methods.map(({ name }) => name)`),
    own: true,
    async sees(rest) {
      expect(await shown(await comeBack(rest))).toEqual(['pwd']);
      expect((await methodsOf(rest)).toSorted()).toEqual(['https://proof.example/passport', 'pwd']);
      const later = await rest.again([execute(show(`event.authentication.methods.map(({ name }) => name)`))]);
      expect(await shown(later)).toContain('https://proof.example/passport');
    },
    bad: [
      [
        `api.authentication.recordMethod('urn:passport');`,
        'api.authentication.recordMethod takes the http or https URL of what the user proved.',
      ],
    ],
  },
  'authentication.setPrimaryUser': {
    does: `api.redirect.sendUserTo('https://link.example/', { query: { me: event.user.user_id } });`,
    continues: `api.authentication.setPrimaryUser(event.request.query.primary);`,
    next: `api.user.setAppMetadata('later', true); ${show('event.user.user_id')}`,
    own: true,
    fresh: true,
    async sees(rest) {
      const { stage, user } = rest;
      const primary = await stage.person(`primary-of-${user.name}`);
      const [provider, id] = user.id.split('|');
      await stage.manage('POST', `/users/${encodeURIComponent(primary.id)}/identities`, { provider, user_id: id });
      const done = await comeBack(rest, `&primary=${encodeURIComponent(primary.id)}`);
      expect((await stage.tokens(done.end)).id).toMatchObject({ sub: primary.id, 'https://x/shown': primary.id });
      const after = await stage.manage('GET', `/users/${encodeURIComponent(primary.id)}`);
      expect(after.app_metadata).toEqual({ later: true });
    },
    bad: [
      [`api.authentication.setPrimaryUser('');`, 'The provided primary_user_id must be a non-empty string'],
      [
        `api.authentication.setPrimaryUser('a'.repeat(129));`,
        'The provided primary_user_id exceeds the maximum length.',
      ],
      [
        `api.authentication.setPrimaryUser('auth0|a'); api.authentication.setPrimaryUser('auth0|a');`,
        'The primary user can only be altered once per transaction',
      ],
    ],
  },
  'multifactor.enable': {
    does: `api.multifactor.enable('any', { allowRememberBrowser: false }); ${show('1')}`,
    next: show('2'),
    has: ['otp', 'email'],
    async sees(rest) {
      expectPage(rest, '/u/mfa-otp-challenge');
      expect(rest.end.html).not.toContain('rememberBrowser');
      expect(await shown(await withCode(rest))).toBe(2);
      const lifted = await rest.again([
        execute(`api.multifactor.enable('any');`),
        execute(`api.multifactor.enable('none'); ${show('3')}`),
      ]);
      expect(await shown(lifted)).toBe(3);
    },
    bad: [
      [
        `api.multifactor.enable('sms');`,
        'The provider given to api.multifactor.enable must be one of any, none, guardian, google-authenticator, duo.',
      ],
      [`api.multifactor.enable('any', true);`, 'The options of api.multifactor.enable must be an object.'],
    ],
  },
  'prompt.render': {
    does: `api.prompt.render('${FORM}', { fields: { nick: 'Annie' }, vars: { place: 'here' } });`,
    continues: show('event.prompt'),
    async sees(rest) {
      expectPage(rest, '/u/form');
      expect(rest.end.html).toMatch(/name="nick"[^>]*value="Annie"/);
      const fields = { nick: 'Ann' };
      expect(await shown(await post(rest, fields))).toEqual({ id: FORM, fields, vars: { place: 'here' } });
    },
    bad: [
      [`api.prompt.render();`, "must have required property 'promptId'"],
      [`api.prompt.render(5);`, 'promptId must be string'],
      [`api.prompt.render('a', { fields: { 'b c': 1 } });`, 'fields must NOT have additional properties'],
      [
        `api.prompt.render('a', { vars: { a: 'x'.repeat(24576) } });`,
        'The total size of the prompt options exceeds the limit of 24576 bytes.',
      ],
    ],
  },
  'redirect.sendUserTo': {
    does: `api.user.setAppMetadata('left', true).redirect.sendUserTo('https://a.example/b?c=1', { query: { d: 'é&' } });`,
    continues: show(`[event.request.query.e, event.user.app_metadata.left]`),
    async sees(rest) {
      const { origin, pathname, searchParams } = rest.end.url;
      expect(`${origin}${pathname}`).toBe('https://a.example/b');
      expect(Object.fromEntries(searchParams)).toEqual({
        c: '1',
        d: 'é&',
        state: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(await shown(await comeBack(rest, '&e=2'))).toEqual(['2', true]);
    },
    bad: [
      [`api.redirect.sendUserTo('/relative');`, 'Invalid URL'],
      [
        `api.redirect.sendUserTo('javascript:alert(1)');`,
        'The URL given to api.redirect.sendUserTo must be an http or https URL.',
      ],
      [
        `api.redirect.sendUserTo('https://a.example', 'query');`,
        'The options of api.redirect.sendUserTo must be an object.',
      ],
    ],
  },
  'redirect.encodeToken': {
    does: `const session_token = api.redirect.encodeToken({ secret: '${SECRET}', payload: { plan: 'gold' }, expiresInSeconds: 60 });
      api.redirect.sendUserTo('https://a.example/', { query: { session_token } });`,
    async sees({ stage, user, end }) {
      const token = end.url.searchParams.get('session_token') ?? '';
      const currentDate = new Date(stage.door.house.clock.at);
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate });
      const iat = Math.floor(stage.door.house.clock.at / 1000);
      const iss = new URL(stage.door.site).host;
      expect(payload).toEqual({ iat, exp: iat + 60, iss, sub: user.id, ip: '127.0.0.1', plan: 'gold' });
    },
    bad: [
      [
        `api.redirect.encodeToken({ payload: {} });`,
        'The secret given to api.redirect.encodeToken must be a non-empty string.',
      ],
      [
        `api.redirect.encodeToken({ secret: 's', payload: 'text' });`,
        'The payload given to api.redirect.encodeToken must be an object.',
      ],
    ],
  },
  'redirect.validateToken': {
    does: `api.redirect.sendUserTo('https://a.example/');`,
    continues: show(`api.redirect.validateToken({ secret: '${SECRET}' }).plan`),
    async sees(rest) {
      const { stage, user, end } = rest;
      const { clock } = stage.door.house;
      const token = (secret: Uint8Array) =>
        new SignJWT({ plan: 'gold', state: end.url.searchParams.get('state') })
          .setProtectedHeader({ alg: 'HS256' })
          .setIssuer(new URL(stage.door.site).host)
          .setSubject(user.id)
          .setExpirationTime(Math.floor(clock.at / 1000) + 60)
          .sign(secret);
      expect(await shown(await comeBack(rest, `&session_token=${await token(key)}`))).toBe('gold');
      const other = await rest.again();
      const forged = await comeBack(other, `&session_token=${await token(new Uint8Array(32))}`);
      expect(forged.end.url.searchParams.get('error_description')).toBe(
        'The session token is invalid: invalid signature',
      );
      expect(await lastLog(rest, 'f')).toMatchObject({
        details: { error: { at: expect.stringMatching(/:\d+:\d+$/) } },
      });
    },
    bad: [
      [
        `api.redirect.validateToken({ secret: '' });`,
        'The secret given to api.redirect.validateToken must be a non-empty string.',
      ],
      [
        `api.redirect.validateToken({ secret: 's' });`,
        "There is no parameter called 'session_token' available in either the POST body or query string.",
      ],
      [
        `api.redirect.validateToken({ secret: 's', tokenParameterName: 'state' });`,
        'The session token is invalid: jwt malformed',
      ],
    ],
  },
  'redirect.canRedirect': {
    does: show('api.redirect.canRedirect()'),
    async sees(rest) {
      expect(await shown(rest)).toBe(true);
      expect(await shown(await rest.again(undefined, { prompt: 'none' }))).toBe(false);
    },
    bad: { harmless: `api.redirect.canRedirect(5);` },
  },
};
