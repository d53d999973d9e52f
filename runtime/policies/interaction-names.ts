// Policies: what the name of an interaction says: which method it belongs to, and what has to be called before it.

const CHALLENGE = '-authentication-challenge';
const VERIFY = '-authentication';
/** Those that somebody is asked something by first: their answers mean nothing without. */
const CHALLENGED: readonly string[] = ['sms', 'email', 'fido2'];
/** Those by which somebody says who they are. */
const IDENTIFYING: readonly string[] = ['password-authentication', 'initial-registration'];

/** What a tenant's own service says by itself, whichever way. */
const EXTERNAL = 'external-api-authentication';

/** `sms` of `sms-authentication` and `sms-authentication-challenge`; other names are their own method. */
export function methodOf(interaction: string): string {
  if (interaction === EXTERNAL) return EXTERNAL;
  for (const end of [CHALLENGE, VERIFY]) if (interaction.endsWith(end)) return interaction.slice(0, -end.length);
  return interaction;
}

/** What asks for it: `sms-authentication-challenge` of `sms-authentication`. Undefined: nothing has to. */
export function challengeOf(interaction: string): string | undefined {
  const method = methodOf(interaction);
  return interaction === method + VERIFY && CHALLENGED.includes(method) ? method + CHALLENGE : undefined;
}

export const isIdentifying = (interaction: string): boolean => IDENTIFYING.includes(interaction);
