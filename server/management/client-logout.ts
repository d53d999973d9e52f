// Management: how an application is told that a session has ended: the wire's `oidc_logout`, and its older name. Source:
// Auth0's Management API; OpenID Connect Back-Channel Logout 1.0 §2.2.
import { z } from 'zod';
import type { BackChannelLogoutRecord, ClientRecord, SessionEnd } from '#storage/records.ts';

const INITIATORS = [
  'rp-logout',
  'idp-logout',
  'password-changed',
  'session-expired',
  'session-revoked',
  'account-deleted',
  'account-deactivated',
  'email-identifier-changed',
  'mfa-phone-unenrolled',
] as const satisfies readonly SessionEnd[];

/** What an application hears of that says nothing else. A sign-out is told of always. */
const DEFAULT_ENDS: SessionEnd[] = ['rp-logout', 'idp-logout'];
const ALWAYS: SessionEnd = 'rp-logout';

const address = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const url = URL.parse(value);
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
    if (isWeb && url.username === '' && url.password === '' && !value.includes('#')) return;
    context.addIssue({ code: 'invalid_format', format: 'back-channel-logout-url', input: value });
  });

const addresses = z.array(address).max(1).optional();

export const clientLogout = {
  oidc_logout: z
    .strictObject({
      backchannel_logout_urls: addresses,
      backchannel_logout_initiators: z
        .strictObject({
          mode: z.enum(['custom', 'all']).optional(),
          selected_initiators: z.array(z.enum(INITIATORS)).max(INITIATORS.length).optional(),
        })
        .nullable()
        .optional(),
      // Metadata of sessions does not leave the house in logout tokens.
      backchannel_logout_session_metadata: z
        .strictObject({ include: z.literal(false) })
        .nullable()
        .optional(),
    })
    .nullable()
    .optional(),
  oidc_backchannel_logout: z.strictObject({ backchannel_logout_urls: addresses }).nullable().optional(),
};

type Given = z.output<z.ZodObject<typeof clientLogout>>;

/** What holds after a change: properties that were not given stay as they were. */
export function readClientLogout(
  current: BackChannelLogoutRecord | undefined,
  { oidc_logout: chosen, oidc_backchannel_logout: older }: Given,
): { backChannelLogout?: BackChannelLogoutRecord } {
  const given = chosen === undefined ? older : chosen;
  if (given === null) return {};
  const { backchannel_logout_urls: urls } = given ?? {};
  const url = urls === undefined ? current?.url : urls[0];
  if (url === undefined) return {};
  const initiators = chosen?.backchannel_logout_initiators;
  const ends = initiators === undefined ? (current?.ends ?? DEFAULT_ENDS) : endsOf(initiators);
  return { backChannelLogout: { url, ends } };
}

function endsOf(
  initiators: { mode?: 'custom' | 'all' | undefined; selected_initiators?: SessionEnd[] | undefined } | null,
): BackChannelLogoutRecord['ends'] {
  if (initiators === null) return DEFAULT_ENDS;
  const { mode, selected_initiators: selected } = initiators;
  return mode === 'all' ? 'all' : [...new Set([ALWAYS, ...(selected ?? DEFAULT_ENDS)])];
}

export function showClientLogout({ backChannelLogout }: ClientRecord) {
  if (!backChannelLogout) return {};
  const { url, ends } = backChannelLogout;
  const initiators = ends === 'all' ? { mode: 'all' } : { mode: 'custom', selected_initiators: ends };
  return {
    oidc_logout: { backchannel_logout_urls: [url], backchannel_logout_initiators: initiators },
    oidc_backchannel_logout: { backchannel_logout_urls: [url] },
  };
}
