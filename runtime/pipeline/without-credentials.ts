// What scripts may read of a request to the token endpoint: everything but that by which somebody proves who they are.

const CREDENTIALS: ReadonlySet<string> = new Set([
  'client_secret',
  'client_assertion',
  'password',
  'code',
  'code_verifier',
  'refresh_token',
  'device_code',
  'subject_token',
  'actor_token',
  'mfa_token',
  'otp',
  'oob_code',
  'binding_code',
  'recovery_code',
]);

export function withoutCredentials(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !CREDENTIALS.has(name)));
}
