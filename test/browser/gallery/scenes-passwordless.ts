// Test: the scenes of coming in by a code that is sent to an address.
import type { Page } from '#test/kit/plain-browser.ts';
import { arrived, type Scene } from './scene.ts';
import { type Gallery, PERSON, type Visitor } from './stage.ts';

const SMS = '/u/login/passwordless-sms';
const EMAIL = '/u/login/passwordless-email';

/** Each their own: nobody is kept waiting by the codes that others were sent. */
const numberOf = ({ house }: Gallery) => `+1415555${house.ports.random.digits(4)}`;
const mailboxOf = ({ house }: Gallery) => `ana-${house.ports.random.digits(6)}@example.com`;

/** The application at which codes are open. */
const begin = (gallery: Gallery, visitor: Visitor, more: Record<string, string> = {}): Promise<Page> =>
  gallery.authorize(visitor, { client_id: gallery.stranger.id, ...more });

export const PASSWORDLESS_SCENES: Scene[] = [
  {
    name: 'login-with-codes',
    flow: 'sign-in',
    path: '/u/login',
    reach: async (gallery, visitor) => arrived(await begin(gallery, visitor, { login_hint: PERSON.email }), '/u/login'),
  },
  {
    name: 'login-passwordless-sms',
    flow: 'sign-in',
    path: SMS,
    reach: async (gallery, visitor) => arrived(await begin(gallery, visitor, { connection: 'sms' }), SMS),
    refuses: 'no-phone',
    plainly: { fill: (gallery) => ({ phone: numberOf(gallery) }), to: /^\/u\/login\/passwordless-sms-challenge$/ },
  },
  {
    name: 'login-passwordless-sms-otp',
    flow: 'sign-in',
    path: `${SMS}-challenge`,
    reach: async (gallery, visitor) => {
      const page = await begin(gallery, visitor, { connection: 'sms' });
      const waiting = await visitor.post(page, { phone: numberOf(gallery), action: 'default' });
      return arrived(waiting, `${SMS}-challenge`);
    },
    refuses: 'no-code',
    plainly: { press: 'edit', to: /^\/u\/login\/passwordless-sms$/ },
  },
  {
    name: 'login-passwordless-email',
    flow: 'sign-in',
    path: EMAIL,
    reach: async (gallery, visitor) => arrived(await begin(gallery, visitor, { connection: 'email' }), EMAIL),
    refuses: 'no-email',
    plainly: { fill: (gallery) => ({ email: mailboxOf(gallery) }), to: /^\/u\/login\/passwordless-email-challenge$/ },
  },
  {
    name: 'login-passwordless-email-code',
    flow: 'sign-in',
    path: `${EMAIL}-challenge`,
    reach: async (gallery, visitor) => {
      const page = await begin(gallery, visitor, { connection: 'email' });
      const waiting = await visitor.post(page, { email: mailboxOf(gallery), action: 'default' });
      return arrived(waiting, `${EMAIL}-challenge`);
    },
    refuses: 'no-code',
    plainly: { press: 'resend', to: /^\/u\/login\/passwordless-email-challenge$/ },
  },
];
