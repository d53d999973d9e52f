// Management: strategies of connections, and what the wire adds to each. Databases, text messages and mail are live; the
// others are kept for tools that manage whole tenants, and nobody signs in by them. Source: recorded answers.
import type { JsonObject } from '#storage/records.ts';

/** Those whose connections answer whether people sign in by them, and whether accounts are only connected. */
const WITH_PURPOSE = new Set(['auth0', 'google-apps', 'google-oauth2', 'line', 'oauth2', 'oidc', 'okta', 'waad']);

/** Company directories: pages may show a button of their own for each. */
const ENTERPRISE = [
  'ad',
  'adfs',
  'auth0-adldap',
  'custom',
  'google-apps',
  'ip',
  'office365',
  'oidc',
  'okta',
  'pingfederate',
  'samlp',
  'sharepoint',
  'waad',
] as const;

/** Those that an administrator of the other side finishes by a link. */
const WITH_TICKET = new Set(['ad', 'adfs', 'google-apps', 'pingfederate', 'samlp']);

const SOCIAL = [
  'amazon',
  'aol',
  'apple',
  'baidu',
  'bitbucket',
  'bitly',
  'box',
  'daccount',
  'dropbox',
  'dwolla',
  'evernote',
  'evernote-sandbox',
  'exact',
  'facebook',
  'fitbit',
  'flickr',
  'github',
  'google-oauth2',
  'guardian',
  'instagram',
  'line',
  'linkedin',
  'miicard',
  'oauth1',
  'oauth2',
  'paypal',
  'paypal-sandbox',
  'planningcenter',
  'renren',
  'salesforce',
  'salesforce-community',
  'salesforce-sandbox',
  'shop',
  'shopify',
  'soundcloud',
  'thecity',
  'thecity-sandbox',
  'thirtysevensignals',
  'twitter',
  'untappd',
  'vkontakte',
  'weibo',
  'windowslive',
  'wordpress',
  'yahoo',
  'yammer',
  'yandex',
  'auth0-oidc',
] as const;

export const STRATEGIES = ['auth0', 'sms', 'email', ...ENTERPRISE, ...SOCIAL] as const;
export type Strategy = (typeof STRATEGIES)[number];

const ENTERPRISES: ReadonlySet<string> = new Set(ENTERPRISE);

/** What a connection of this strategy shows beside its options. */
export function traitsOf(strategy: string): { purpose: boolean; button: boolean; ticket: boolean } {
  return {
    purpose: WITH_PURPOSE.has(strategy),
    button: ENTERPRISES.has(strategy),
    ticket: WITH_TICKET.has(strategy),
  };
}

type Completion = {
  /** Stand under what is given, when a connection is made and whenever its options are replaced. */
  always?: JsonObject;
  /** Likewise, only when it is made. */
  once?: JsonObject;
  /** What follows from the options as they are then. */
  derived?(options: JsonObject): JsonObject;
};

const OPENID: Completion = {
  always: {
    schema_version: 'oidc-V4',
    type: 'back_channel',
    attribute_map: { mapping_mode: 'basic_profile' },
    connection_settings: { pkce: 'auto' },
  },
};

/** Scopes asked for upstream, by the switches that ask for them. */
function scopes(base: string[], byFlag: Record<string, string>): Pick<Completion, 'derived'> {
  return {
    derived: (options) => ({
      scope: [...base, ...Object.keys(byFlag).flatMap((flag) => (options[flag] === true ? [byFlag[flag] ?? ''] : []))],
    }),
  };
}

/** Okta has its addresses at fixed places of its domain. */
function oktaAddresses(options: JsonObject): JsonObject {
  const { domain } = options;
  if (typeof domain !== 'string' || domain === '') return {};
  const places = {
    authorization_endpoint: `https://${domain}/oauth2/v1/authorize`,
    issuer: `https://${domain}`,
    jwks_uri: `https://${domain}/oauth2/v1/keys`,
    token_endpoint: `https://${domain}/oauth2/v1/token`,
    userinfo_endpoint: `https://${domain}/oauth2/v1/userinfo`,
  };
  return Object.fromEntries(Object.entries(places).filter(([name]) => (options[name] ?? null) === null));
}

const COMPLETIONS: { readonly [S in Strategy]?: Completion } = {
  ad: { always: { ips: null }, once: { brute_force_protection: true } },
  adfs: { always: { thumbprints: [], should_trust_email_verified_connection: 'always_set_emails_as_verified' } },
  facebook: { once: { scope: '' } },
  'google-apps': {
    always: { map_user_id_to_id: false, email: true, profile: true, handle_login_from_social: true },
    derived: (options) => ({
      scope: ['email', 'profile'].filter((name) => options[name] === true),
      // Groups and administrators are read by the same interface as people.
      ...(options.ext_is_admin === true && options.api_enable_users === undefined ? { api_enable_users: true } : {}),
    }),
  },
  'google-oauth2': {
    always: { email: true, profile: true },
    derived: (options) => ({ scope: ['email', 'profile'].filter((name) => options[name] === true) }),
  },
  line: { always: { profile: true }, ...scopes(['openid'], { email: 'email', profile: 'profile' }) },
  linkedin: {
    always: { profile: true },
    derived: ({ strategy_version: version, email, profile, basic_profile: basic }) => {
      const lite = version === undefined ? 'r_basicprofile' : 'r_liteprofile';
      const asked = [
        ...(email === true ? ['r_emailaddress'] : []),
        ...(profile === true ? [lite] : []),
        ...(basic === true ? ['r_basicprofile'] : []),
      ];
      return { scope: [...new Set(asked)] };
    },
  },
  oidc: OPENID,
  okta: { ...OPENID, derived: oktaAddresses },
  salesforce: { once: { scope: [] } },
  waad: { derived: ({ useCommonEndpoint: common }) => ({ waad_common_endpoint: common === true }) },
  wordpress: { always: { profile: true }, ...scopes([], { profile: 'profile' }) },
};

/** The options of a connection as the wire completes them. `when`: it is made, or they are replaced. */
export function completed(strategy: string, given: JsonObject, when: 'made' | 'replaced'): JsonObject {
  const { always = {}, once = {}, derived } = COMPLETIONS[strategy as Strategy] ?? {};
  const options = { ...always, ...(when === 'made' ? once : {}), ...given };
  return derived ? { ...options, ...derived(options) } : options;
}
