// Every code a login may end with or be refused with, and every tenant log type we write: closed lists.
// A new code is a reviewed decision; what is not here does not exist.

/** Why a login is over without success. The wire dialects map them in `server/`. */
export type DenialCode =
  /** A script denied, a script failed, or what it asked for cannot be met. */
  | 'access_denied'
  /** Nobody is there to answer (`prompt=none`), and somebody is needed. */
  | 'login_required'
  | 'interaction_required'
  /** The user is blocked, deleted or no longer what the login began with. */
  | 'unauthorized';

/** Why a submission left the login where it was; the keys pages carry in `data-error`. */
export type Notice =
  | { key: 'wrong-credentials' }
  | { key: 'no-email' }
  | { key: 'no-password' }
  | { key: 'no-code' }
  | { key: 'invalid-otp-code-format' }
  /** Wrong, used or expired: they are not told apart. */
  | { key: 'invalid-code' }
  | { key: 'too-many-failures'; retryAfterSeconds: number }
  /** This login has sent all the messages that one login may send. */
  | { key: 'too-many-sms' }
  | { key: 'too-many-email' }
  | { key: 'no-phone' }
  | { key: 'invalid-phone' }
  | { key: 'user-already-enrolled' }
  | { key: 'user-exists' }
  | { key: 'invalid-email' }
  | { key: 'password-too-weak' }
  /** What a script told the person at sign-up. */
  | { key: 'sign-up-refused'; text: string }
  /** A field of a form must be filled in, or holds what it cannot. */
  | { key: 'invalid-field'; field: string }
  | { key: 'send-sms-failed' }
  | { key: 'send-email-failed' }
  | { key: 'authenticator-error' };

export const LOG_TYPES = {
  s: 'Successful login',
  f: 'Failed login',
  fp: 'Failed login: wrong password',
  fu: 'Failed login: unknown user',
  mfar: 'MFA required',
  w: 'Warning during login',
  actions_execution_failed: 'Execution of an Action failed',
  gd_auth_succeed: 'Second factor passed',
  gd_auth_failed: 'Second factor failed',
  gd_start_enroll: 'Enrollment of a second factor started',
  gd_enrollment_complete: 'Second factor enrolled',
  gd_start_enroll_failed: 'Enrollment of a second factor could not start',
  gd_send_sms: 'SMS sent',
  gd_send_sms_failure: 'SMS not sent',
  gd_send_email: 'E-mail with a code sent',
  gd_send_email_failure: 'E-mail with a code not sent',
  gd_otp_rate_limit_exceed: 'Too many wrong codes',
  seacft: 'Authorization code exchanged',
  feacft: 'Authorization code not exchanged',
  ss: 'Successful sign-up',
  fs: 'Failed sign-up',
  session_revoked: 'Session revoked',
  seccft: 'Client credentials exchanged',
  feccft: 'Client credentials not exchanged',
  sapi: 'Management API write',
  depnote: 'Deprecated feature used',
} as const;
export type LogType = keyof typeof LOG_TYPES;
