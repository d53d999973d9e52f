// Test: one row for each property of post-login's event that the compatibility table does not call absent: what it is, in
// which of the logins of `event.test.ts` it is there, and what changes it while a login waits.

/** The logins: what makes each of them special. */
export const LOGINS = [
  /** An account without a name and an e-mail address, a browser that sends nothing, no state. */
  'bare',
  /** The same browser again, and nobody may be asked. */
  'silent',
  /** With every parameter that a request may have. */
  'asked',
  'audience',
  'organization',
  /** Behind a proxy that says everything it knows. */
  'proxied',
  /** The same browser again, from an address on the operator's list. */
  'again',
  /** An account with everything. */
  'person',
  /** In `onContinuePostLogin`: back by a link, by a form of another site, from a form of ours. */
  'back',
  'posted',
  'form',
  /** Who signs in was linked to this account. */
  'linked',
  /** All of it at once, before a second factor and after it, where everything has changed that can. */
  'before',
  'after',
] as const;
export type Login = (typeof LOGINS)[number];

/** `own`: as the login began. `rows`: read anew when an Action starts. `request`: of the request that starts it. */
export type Freshness = 'own' | 'rows' | 'request' | 'script';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

export const KINDS = {
  text: (value: unknown) => typeof value === 'string' && value !== '',
  iso: (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  count: (value: unknown) => Number.isInteger(value) && Number(value) > 0,
  number: (value: unknown) => typeof value === 'number',
  flag: (value: unknown) => typeof value === 'boolean',
  object: isObject,
  texts: (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  objects: (value: unknown) => Array.isArray(value) && value.every(isObject),
  confidence: (value: unknown) => ['low', 'medium', 'high', 'neutral'].includes(String(value)),
} satisfies Record<string, (value: unknown) => boolean>;
export type Kind = keyof typeof KINDS;

export type EventRow = [kind: Kind, when: 'always' | readonly Login[], fresh: Freshness];

const BOTH = ['before', 'after'] as const;
const PROXIED = ['proxied', 'again', ...BOTH] as const;
const PERSON = ['person', ...BOTH] as const;
const NAMED = LOGINS.filter((login) => login !== 'bare' && login !== 'silent');
const ASKED = ['asked', ...BOTH] as const;
const risk = (assessor: string, details: readonly Login[], fresh: Freshness): Record<string, EventRow> => ({
  [assessor]: ['object', 'always', fresh],
  [`${assessor}.confidence`]: ['confidence', 'always', fresh],
  [`${assessor}.code`]: ['text', 'always', fresh],
  ...(details.length === 0 ? {} : { [`${assessor}.details`]: ['object', details, fresh] }),
});
const RISK = 'authentication.riskAssessment';
const place = (name: string, kind: Kind = 'text'): Record<string, EventRow> => ({
  [`request.geoip.${name}`]: [kind, PROXIED, 'request'],
});

export const EVENT_ROWS: { readonly [path: string]: EventRow } = {
  authentication: ['object', 'always', 'rows'],
  'authentication.methods': ['objects', 'always', 'rows'],
  [RISK]: ['object', 'always', 'request'],
  [`${RISK}.confidence`]: ['confidence', 'always', 'request'],
  [`${RISK}.version`]: ['text', 'always', 'own'],
  [`${RISK}.assessments`]: ['object', 'always', 'request'],
  ...risk(`${RISK}.assessments.NewDevice`, ['silent', 'again', 'back', 'posted', 'form', ...BOTH], 'request'),
  ...risk(`${RISK}.assessments.ImpossibleTravel`, [], 'request'),
  ...risk(`${RISK}.assessments.UntrustedIP`, ['again', 'after'], 'request'),
  authorization: ['object', 'always', 'rows'],
  'authorization.roles': ['texts', 'always', 'rows'],
  client: ['object', 'always', 'rows'],
  'client.client_id': ['text', 'always', 'own'],
  'client.name': ['text', 'always', 'rows'],
  'client.metadata': ['object', 'always', 'rows'],
  configuration: ['object', 'always', 'own'],
  connection: ['object', 'always', 'rows'],
  'connection.id': ['text', 'always', 'own'],
  'connection.name': ['text', 'always', 'own'],
  'connection.strategy': ['text', 'always', 'own'],
  'connection.metadata': ['object', 'always', 'rows'],
  organization: ['object', ['organization', ...BOTH], 'rows'],
  'organization.id': ['text', ['organization', ...BOTH], 'own'],
  'organization.name': ['text', ['organization', ...BOTH], 'own'],
  'organization.display_name': ['text', ['organization', ...BOTH], 'rows'],
  'organization.metadata': ['object', ['organization', ...BOTH], 'rows'],
  prompt: ['object', ['form'], 'own'],
  'prompt.id': ['text', ['form'], 'own'],
  'prompt.fields': ['object', ['form'], 'own'],
  'prompt.vars': ['object', ['form'], 'own'],
  request: ['object', 'always', 'request'],
  'request.ip': ['text', 'always', 'request'],
  'request.asn': ['text', PROXIED, 'request'],
  'request.method': ['text', 'always', 'own'],
  'request.query': ['object', 'always', 'own'],
  'request.body': ['object', 'always', 'own'],
  'request.geoip': ['object', 'always', 'request'],
  ...place('cityName'),
  ...place('continentCode'),
  ...place('countryCode'),
  ...place('countryCode3'),
  ...place('countryName'),
  ...place('latitude', 'number'),
  ...place('longitude', 'number'),
  ...place('subdivisionCode'),
  ...place('subdivisionName'),
  ...place('timeZone'),
  'request.hostname': ['text', 'always', 'own'],
  'request.language': ['text', PROXIED, 'request'],
  'request.user_agent': ['text', PROXIED, 'request'],
  resource_server: ['object', ['audience', ...BOTH], 'own'],
  'resource_server.identifier': ['text', ['audience', ...BOTH], 'own'],
  security_context: ['object', PROXIED, 'request'],
  'security_context.ja3': ['text', PROXIED, 'request'],
  'security_context.ja4': ['text', PROXIED, 'request'],
  session: ['object', 'always', 'request'],
  'session.id': ['text', 'always', 'own'],
  'session.user_id': ['text', 'always', 'own'],
  'session.created_at': ['iso', 'always', 'own'],
  'session.updated_at': ['iso', 'always', 'own'],
  'session.authenticated_at': ['iso', 'always', 'own'],
  'session.last_interacted_at': ['iso', 'always', 'own'],
  'session.idle_expires_at': ['iso', 'always', 'request'],
  'session.expires_at': ['iso', 'always', 'own'],
  'session.clients': ['objects', 'always', 'own'],
  'session.device': ['object', 'always', 'request'],
  // A first login: the session begins with the request that completes it.
  'session.device.initial_ip': ['text', 'always', 'request'],
  'session.device.initial_user_agent': ['text', PROXIED, 'request'],
  'session.device.last_asn': ['text', PROXIED, 'request'],
  'session.device.last_ip': ['text', 'always', 'request'],
  'session.device.last_user_agent': ['text', PROXIED, 'request'],
  'session.cookie': ['object', 'always', 'script'],
  'session.cookie.mode': ['text', 'always', 'script'],
  'session.metadata': ['object', 'always', 'script'],
  stats: ['object', 'always', 'own'],
  'stats.logins_count': ['count', 'always', 'own'],
  tenant: ['object', 'always', 'own'],
  'tenant.id': ['text', 'always', 'own'],
  transaction: ['object', 'always', 'script'],
  'transaction.id': ['text', 'always', 'own'],
  'transaction.acr_values': ['texts', 'always', 'own'],
  'transaction.correlation_id': ['text', ASKED, 'own'],
  'transaction.linking_id': ['text', ASKED, 'own'],
  'transaction.locale': ['text', 'always', 'own'],
  'transaction.login_hint': ['text', ASKED, 'own'],
  'transaction.metadata': ['object', 'always', 'script'],
  'transaction.prompt': ['texts', ['silent', ...ASKED], 'own'],
  'transaction.protocol': ['text', 'always', 'own'],
  'transaction.redirect_uri': ['text', 'always', 'own'],
  'transaction.requested_authorization_details': ['objects', ASKED, 'own'],
  'transaction.requested_scopes': ['texts', 'always', 'own'],
  'transaction.response_mode': ['text', 'always', 'own'],
  'transaction.response_type': ['texts', 'always', 'own'],
  'transaction.state': ['text', LOGINS.filter((login) => login !== 'bare'), 'own'],
  'transaction.ui_locales': ['texts', 'always', 'own'],
  user: ['object', 'always', 'rows'],
  'user.user_id': ['text', 'always', 'own'],
  'user.created_at': ['iso', 'always', 'own'],
  'user.updated_at': ['iso', 'always', 'rows'],
  'user.email': ['text', NAMED, 'rows'],
  'user.email_verified': ['flag', 'always', 'rows'],
  'user.name': ['text', NAMED, 'rows'],
  'user.nickname': ['text', PERSON, 'rows'],
  'user.given_name': ['text', PERSON, 'rows'],
  'user.family_name': ['text', PERSON, 'rows'],
  'user.picture': ['text', PERSON, 'rows'],
  'user.username': ['text', ['bare', 'silent', ...PERSON], 'rows'],
  'user.phone_number': ['text', PERSON, 'rows'],
  'user.phone_verified': ['flag', PERSON, 'rows'],
  'user.last_password_reset': ['iso', PERSON, 'rows'],
  'user.app_metadata': ['object', 'always', 'rows'],
  'user.user_metadata': ['object', 'always', 'rows'],
  'user.identities': ['objects', 'always', 'rows'],
  'user.enrolledFactors': ['objects', 'always', 'rows'],
  'user.multifactor': ['texts', 'always', 'own'],
  secrets: ['object', 'always', 'own'],
};
