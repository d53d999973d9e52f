// Tests of the MFA API: a front door with clients that take people through a login without any page of ours.
import { generateSync } from 'otplib';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { GuardianFactorName, UserRecord } from '#storage/records.ts';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

export const GRANT = 'http://auth0.com/oauth/grant-type/';
export const API = 'https://api.example/';
export const PHONE = '+447700900123';
const SECRET = 'native secret';

export type Body = Record<string, unknown>;
export type Answer = { status: number; body: Body; headers: Headers };
export type MfaDesk = {
  door: FrontDoor;
  /** A call of the token endpoint by the client with all grants. */
  token(parameters: Record<string, string>): Promise<Answer>;
  /** A password, with what is said beside it. */
  signIn(who: string, more?: Record<string, string>): Promise<Answer>;
  /** The `mfa_token` that a password is answered with. */
  mfaToken(who: string, more?: Record<string, string>): Promise<string>;
  /** A call below `/mfa`. */
  call(
    method: string,
    path: string,
    options?: { bearer?: string; body?: Body; headers?: Record<string, string> },
  ): Promise<Answer>;
  otp(token: string, otp: string, more?: Record<string, string>): Promise<Answer>;
  oob(token: string, oobCode: string, code?: string): Promise<Answer>;
  /** Somebody new: everybody has a bucket of attempts and a clock of steps of their own. */
  newUser(...has: ('otp' | 'phone' | 'email')[]): Promise<{ name: string; user: UserRecord }>;
  associate(bearer: string, body: Body): Promise<Answer>;
  list(bearer: string): Promise<{ id: string; active: boolean }[]>;
  recover(token: string, recoveryCode: string): Promise<Answer>;
  /** What an app shows now, after so many steps. */
  code(secret?: string, steps?: number): string;
  /** Moves the clock to the next step of apps. */
  nextStep(): void;
  newestLogs(count: number): Promise<{ type: string; userId?: string | undefined }[]>;
  close(): Promise<void>;
};

export const NATIVE = { client_id: 'native', client_secret: SECRET };
export const OTHER = { client_id: 'other', client_secret: SECRET };

export async function openMfaDesk(options: { databaseUrl?: string; on?: GuardianFactorName[] } = {}): Promise<MfaDesk> {
  const door = await openFrontDoor({ on: ['otp', 'sms', 'email', 'recovery-code'], ...options });
  const { house, app, site } = door;
  const all = [
    'password',
    'refresh_token',
    ...['password-realm', 'mfa-otp', 'mfa-oob', 'mfa-recovery-code'].map((name) => `${GRANT}${name}`),
  ];
  for (const [id, grantTypes] of [
    ['native', all],
    ['other', all],
    ['bare', ['password']],
  ] as const) {
    await newClient(house.ports, house.tenant.id, { id, name: id, secret: SECRET, grantTypes: [...grantTypes] });
  }
  let people = 0;
  const desk: MfaDesk = {
    door,
    token: (parameters) => door.token({ ...NATIVE, ...parameters }),
    signIn: (who, more = {}) =>
      desk.token({
        grant_type: 'password',
        username: `${who}@example.com`,
        password: PASSWORD,
        scope: 'openid',
        ...more,
      }),
    mfaToken: async (who, more) => {
      const { body } = await desk.signIn(who, more);
      if (typeof body.mfa_token !== 'string') throw new Error(`no mfa_token: ${JSON.stringify(body)}`);
      return body.mfa_token;
    },
    call: async (method, path, { bearer, body, headers = {} } = {}) => {
      const response = await app.request(`${site}/mfa/${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers };
    },
    otp: (mfa_token, otp, more = {}) => desk.token({ grant_type: `${GRANT}mfa-otp`, mfa_token, otp, ...more }),
    oob: (mfa_token, oob_code, binding_code) =>
      desk.token({
        grant_type: `${GRANT}mfa-oob`,
        mfa_token,
        oob_code,
        ...(binding_code === undefined ? {} : { binding_code }),
      }),
    newUser: async (...has) => {
      people += 1;
      const name = `user-${people}`;
      return { name, user: await house.user(name, has) };
    },
    associate: (bearer, body) => desk.call('POST', 'associate', { bearer, body }),
    list: async (bearer) =>
      (await desk.call('GET', 'authenticators', { bearer })).body as unknown as { id: string; active: boolean }[],
    recover: (mfa_token, recovery_code) =>
      desk.token({ grant_type: `${GRANT}mfa-recovery-code`, mfa_token, recovery_code }),
    code: (secret = TOTP_KEY, steps = 0) =>
      generateSync({
        secret,
        epoch: Math.floor(house.clock.at / 1000) + steps * 30,
      }),
    nextStep: () => house.clock.advance(30_000),
    newestLogs: async (limit) => {
      const { records } = await house.store.logs.list(house.tenant.id, { order: 'newest', page: { offset: 0, limit } });
      return records.map(({ type, userId }) => ({ type, userId }));
    },
    close: () => door.close(),
  };
  return desk;
}
