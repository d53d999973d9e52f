// Server, harness: any `event` that a post-login script may be given. What is always there in a real login is always there
// here, empty if need be; what may be absent is absent now and then. Source: actions-api reference, §1.
import type * as FastCheck from 'fast-check';
import type { FactorType, PostLoginEvent } from '#actions/post-login.ts';
import type { JsonObject } from '#storage/records.ts';

type Arbitrary<T> = FastCheck.Arbitrary<T>;
type Pieces = { name(): Arbitrary<string>; metadata: Arbitrary<JsonObject>; address(): Arbitrary<string> };

const FACTORS: readonly FactorType[] = [
  'otp',
  'email',
  'phone',
  'push-notification',
  'webauthn-platform',
  'webauthn-roaming',
  'recovery-code',
];
const PROTOCOLS = ['oidc-basic-profile', 'oidc-implicit-profile', 'oauth2-password', 'oauth2-refresh-token'] as const;

export function eventArbitrary(
  fc: Omit<typeof FastCheck, 'default'>,
  { name, metadata, address }: Pieces,
): FastCheck.Arbitrary<PostLoginEvent> {
  /** Everything optional but what is named. */
  const some = <T extends object, K extends keyof T>(model: { [P in keyof T]: Arbitrary<T[P]> }, ...always: K[]) =>
    fc.record(model, { requiredKeys: always });
  const time = fc
    .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2030-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const texts = fc.dictionary(fc.constantFrom('factors', 'plan', 'größe'), name(), {
    maxKeys: 2,
    noNullPrototype: true,
  });
  const confidence = fc.constantFrom('low', 'medium', 'high', 'neutral');
  const factor = fc.constantFrom(...FACTORS);
  const count = fc.constantFrom(1, 2, 1000);

  const methods = fc
    .tuple(
      fc.record({ name: fc.constantFrom('pwd', 'passkey', 'federated', 'sms'), timestamp: time }),
      fc.array(
        fc.oneof(
          fc.record({ name: fc.constant('mfa'), timestamp: time, type: factor }),
          fc.record({ name: fc.constant('https://example.com/checked'), timestamp: time }),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([first, rest]) => [first, ...rest]);

  const assessment = (code: string) => fc.record({ confidence, code: fc.constant(code) });
  const enrolledFactors = fc.subarray([...FACTORS]).map((types) => types.map((type) => ({ type })));
  const device = some({
    initial_ip: address(),
    initial_user_agent: name(),
    last_ip: address(),
    last_user_agent: name(),
    last_asn: name(),
  });

  const identity = fc.record({
    connection: fc.constant('db'),
    provider: fc.constant('auth0'),
    user_id: fc.constant('1'),
    userId: fc.constant('1'),
    isSocial: fc.constant(false),
  });
  const user = some(
    {
      user_id: fc.constantFrom('auth0|1', 'google-oauth2|1080', 'sms|5f'),
      created_at: time,
      updated_at: time,
      email: fc.constantFrom('ana@example.com', 'Ana+Tag@Example.COM', 'ünï@例え.example'),
      email_verified: fc.boolean(),
      name: name(),
      nickname: name(),
      given_name: name(),
      family_name: name(),
      picture: fc.constant('https://example.com/p.png'),
      username: name(),
      phone_number: fc.constant('+447700900123'),
      phone_verified: fc.boolean(),
      last_password_reset: time,
      app_metadata: metadata,
      user_metadata: metadata,
      identities: fc.array(identity, { minLength: 1, maxLength: 1 }),
      enrolledFactors,
    },
    'user_id',
    'created_at',
    'updated_at',
    'email_verified',
    'app_metadata',
    'user_metadata',
    'identities',
    'enrolledFactors',
  )
    // An address that is verified receives codes, but is nothing of one's own: no `guardian` then.
    .map((made) => ({
      ...made,
      multifactor: made.enrolledFactors.some(({ type }) => type !== 'email') ? ['guardian'] : [],
    }));

  const session = fc.record({
    id: fc.constantFrom('s1', 's2'),
    created_at: time,
    updated_at: time,
    authenticated_at: time,
    last_interacted_at: time,
    idle_expires_at: time,
    expires_at: time,
    clients: fc.array(fc.constant({ client_id: 'app' }), { maxLength: 2 }),
    device,
    cookie: fc.record({ mode: fc.constantFrom('persistent', 'non-persistent') }),
    metadata: texts,
  });

  const transaction = some(
    {
      id: fc.constant('t1'),
      acr_values: fc.subarray(['http://schemas.openid.net/pape/policies/2007/06/multi-factor', 'b']),
      correlation_id: name(),
      linking_id: name(),
      locale: fc.constantFrom('en', 'ja', 'pt-BR'),
      login_hint: name(),
      metadata: fc.dictionary(fc.constantFrom('seen', 'tries'), fc.oneof(name(), fc.integer(), fc.boolean()), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      prompt: fc.subarray(['login', 'consent']),
      protocol: fc.constantFrom(...PROTOCOLS),
      redirect_uri: fc.constant('https://app.example.com/callback'),
      requested_authorization_details: fc.array(fc.record({ type: name() }), { maxLength: 1 }),
      requested_scopes: fc.subarray(['openid', 'profile', 'email', 'offline_access']),
      response_mode: fc.constantFrom('query', 'fragment', 'form_post', 'web_message'),
      response_type: fc.subarray(['code', 'id_token'], { minLength: 1 }),
      state: name(),
      ui_locales: fc.subarray(['ja', 'en']),
    },
    'id',
    'acr_values',
    'locale',
    'metadata',
    'protocol',
    'requested_scopes',
    'ui_locales',
  );

  return some(
    {
      authentication: fc.record({
        methods,
        riskAssessment: fc.record({
          confidence,
          version: fc.constant('1' as const),
          assessments: fc.record({
            NewDevice: assessment('no_match'),
            ImpossibleTravel: assessment('missing_geoip'),
            UntrustedIP: assessment('not_found_on_deny_list'),
          }),
        }),
      }),
      authorization: fc.record({ roles: fc.uniqueArray(fc.oneof(fc.constant('admin'), name()), { maxLength: 3 }) }),
      client: fc.record({ client_id: fc.constant('app'), name: name(), metadata: texts }),
      configuration: fc.constant({}),
      connection: fc.record({
        id: fc.constant('con_1'),
        name: fc.constantFrom('db', 'google-oauth2'),
        strategy: fc.constantFrom('auth0', 'google-oauth2', 'sms', 'email'),
        metadata: texts,
      }),
      custom_domain: fc.record({ domain: fc.constant('login.example.com'), domain_metadata: texts }),
      organization: fc.record({
        id: fc.constant('org_1'),
        name: fc.constant('acme'),
        display_name: name(),
        metadata: texts,
      }),
      prompt: some({ id: fc.constant('ap_1'), fields: metadata, vars: metadata }, 'id'),
      refresh_token: some(
        { id: fc.constant('r1'), created_at: time, client_id: fc.constant('app'), rotating: fc.boolean(), device },
        'id',
        'created_at',
      ),
      request: some(
        {
          ip: address(),
          asn: fc.constant('AS64496'),
          method: fc.constantFrom('GET', 'POST'),
          query: metadata,
          body: metadata,
          geoip: some({
            countryCode: fc.constantFrom('DE', 'JP'),
            cityName: name(),
            latitude: fc.constantFrom(0, -33.9),
          }),
          hostname: fc.constant('login.example.com'),
          language: fc.constantFrom('en', 'ja'),
          user_agent: name(),
        },
        'ip',
        'method',
        'query',
        'body',
        'geoip',
        'hostname',
      ),
      resource_server: fc.record({ identifier: fc.constant('https://api.example.com') }),
      security_context: some({ ja3: name(), ja4: name() }),
      session,
      stats: fc.record({ logins_count: count }),
      tenant: fc.record({ id: fc.constant('dev') }),
      transaction,
      user,
    },
    'authentication',
    'authorization',
    'client',
    'configuration',
    'connection',
    'request',
    'stats',
    'tenant',
    'transaction',
    'user',
  );
}
