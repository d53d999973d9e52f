// Tests of the MFA API: what a client is answered about a message that did not get through, or of which nobody knows.
import { describe, expect, test } from 'vitest';
import { undelivered } from '#server/mfa-api/undelivered.ts';

const ROWS = [
  ['sms', 'sms_provider_error', 'The SMS with the code could not be sent.'],
  ['voice', 'voice_provider_error', 'The call with the code could not be made.'],
  ['email', 'email_provider_error', 'The email with the code could not be sent.'],
  ['push-notification', 'push_provider_error', 'The push notification could not be sent.'],
] as const;

describe('a message', () => {
  test.each(ROWS)('by %s: %s', (by, error, text) => {
    expect(undelivered({}, by)).toBeUndefined();
    expect(undelivered(undefined, by)).toBeUndefined();
    expect(undelivered({ undelivered: true }, by)).toMatchObject({ status: 400, error, description: text });
    const unconfirmed = undelivered({ unconfirmed: true }, by);
    expect(unconfirmed).toMatchObject({ status: 400, error, description: expect.stringContaining('Ask for it again') });
  });
});
