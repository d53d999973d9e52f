// Server, conversion: what scripts of the older kinds called things, and what the event of an Action calls them. A name that
// is in no row has no counterpart, and somebody has to look.

/** Kinds of older scripts by the names of their parameters, or by the extension point of a Hook. */
export type OldKind =
  | 'rule'
  | 'credentials-exchange'
  | 'pre-user-registration'
  | 'post-user-registration'
  | 'post-change-password'
  | 'send-phone-message';

export const HANDLERS: Readonly<Record<OldKind, string>> = {
  rule: 'onExecutePostLogin',
  'credentials-exchange': 'onExecuteCredentialsExchange',
  'pre-user-registration': 'onExecutePreUserRegistration',
  'post-user-registration': 'onExecutePostUserRegistration',
  'post-change-password': 'onExecutePostChangePassword',
  'send-phone-message': 'onExecuteSendPhoneMessage',
};

/** Parameters in their order; the last is called at the end. */
export const PARAMETERS: Readonly<Record<OldKind, readonly string[]>> = {
  rule: ['user', 'context', 'callback'],
  'credentials-exchange': ['client', 'scope', 'audience', 'context', 'callback'],
  'pre-user-registration': ['user', 'context', 'callback'],
  'post-user-registration': ['user', 'context', 'callback'],
  'post-change-password': ['user', 'context', 'callback'],
  'send-phone-message': ['recipient', 'text', 'context', 'callback'],
};

const SAME_IN_USER = [
  'app_metadata',
  'created_at',
  'email',
  'email_verified',
  'family_name',
  'given_name',
  'identities',
  'last_password_reset',
  'multifactor',
  'name',
  'nickname',
  'phone_number',
  'phone_verified',
  'picture',
  'updated_at',
  'user_id',
  'user_metadata',
  'username',
];
const USER = Object.fromEntries(SAME_IN_USER.map((name) => [`user.${name}`, `event.user.${name}`]));

const REQUEST = {
  'context.request.ip': 'event.request.ip',
  'context.request.userAgent': 'event.request.user_agent',
  'context.request.hostname': 'event.request.hostname',
  'context.request.query': 'event.request.query',
  'context.request.body': 'event.request.body',
  'context.request.method': 'event.request.method',
  'context.request.language': 'event.request.language',
  'context.request.geoip.country_code': 'event.request.geoip.countryCode',
  'context.request.geoip.country_code3': 'event.request.geoip.countryCode3',
  'context.request.geoip.country_name': 'event.request.geoip.countryName',
  'context.request.geoip.city_name': 'event.request.geoip.cityName',
  'context.request.geoip.continent_code': 'event.request.geoip.continentCode',
  'context.request.geoip.time_zone': 'event.request.geoip.timeZone',
  'context.request.geoip.latitude': 'event.request.geoip.latitude',
  'context.request.geoip.longitude': 'event.request.geoip.longitude',
};

const CONNECTION = {
  'context.connection': 'event.connection.name',
  'context.connectionID': 'event.connection.id',
  'context.connectionStrategy': 'event.connection.strategy',
  'context.connectionMetadata': 'event.connection.metadata',
  'context.tenant': 'event.tenant.id',
};

const RULE = {
  ...USER,
  ...REQUEST,
  ...CONNECTION,
  user: 'event.user',
  'user.clientID': 'event.client.client_id',
  'context.clientID': 'event.client.client_id',
  'context.clientId': 'event.client.client_id',
  'context.clientName': 'event.client.name',
  'context.clientMetadata': 'event.client.metadata',
  'context.organization': 'event.organization',
  'context.authorization': 'event.authorization',
  'context.authentication.methods': 'event.authentication.methods',
  'context.authentication': 'event.authentication',
  'context.riskAssessment': 'event.authentication.riskAssessment',
  'context.protocol': 'event.transaction.protocol',
  'context.sessionID': 'event.session?.id',
  'context.stats.loginsCount': 'event.stats.logins_count',
  'context.accessToken.scope': 'event.transaction.requested_scopes',
};

const REGISTRATION = { ...USER, ...REQUEST, ...CONNECTION, user: 'event.user' };

/** The longest row that fits is taken. */
export const NAMES: Readonly<Record<OldKind, Readonly<Record<string, string>>>> = {
  rule: RULE,
  'credentials-exchange': {
    ...REQUEST,
    'client.id': 'event.client.client_id',
    'client.name': 'event.client.name',
    'client.metadata': 'event.client.metadata',
    'client.tenant': 'event.tenant.id',
    scope: 'event.transaction.requested_scopes',
    audience: 'event.resource_server.identifier',
  },
  'pre-user-registration': { ...REGISTRATION, 'user.tenant': 'event.tenant.id' },
  'post-user-registration': { ...REGISTRATION, 'user.id': 'event.user.user_id', 'user.tenant': 'event.tenant.id' },
  'post-change-password': { ...REGISTRATION, 'user.id': 'event.user.user_id', 'user.tenant': 'event.tenant.id' },
  'send-phone-message': {
    ...REQUEST,
    recipient: 'event.message_options.recipient',
    text: 'event.message_options.text',
    'context.message_type': 'event.message_options.message_type',
    'context.action': 'event.message_options.action',
    'context.client_id': 'event.client.client_id',
    'context.user': 'event.user',
  },
};

/** What Rules found without requiring it, and the package that has it. */
export const GLOBAL_PACKAGES: Readonly<Record<string, { module: string; version?: string }>> = {
  _: { module: 'lodash', version: '4.17.21' },
  async: { module: 'async', version: '2.6.4' },
  crypto: { module: 'crypto' },
  jwt: { module: 'jsonwebtoken', version: '9.0.2' },
  moment: { module: 'moment', version: '2.30.1' },
  querystring: { module: 'querystring' },
  request: { module: 'request', version: '2.88.2' },
  uuid: { module: 'uuid', version: '9.0.1' },
  url: { module: 'url' },
  util: { module: 'util' },
};

/** Globals of Rules that nothing takes the place of. */
export const LOST_GLOBALS = [
  'auth0',
  'bcrypt',
  'mongo',
  'mysql',
  'postgres',
  'sqlserver',
  'Pubnub',
  'azure_storage',
  'xmldom',
  'cassandra',
  'couchbase',
];
