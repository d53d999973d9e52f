// Every code a login may end with or be refused with, and every tenant log type we write: closed lists.
// A new code is a reviewed decision; what is not here does not exist.

/** Why a login is over without success. The wire dialects map them in `server/`. */
export const DENIAL_CODES = [
  // A script denied, a script failed, or what it asked for cannot be met.
  'access_denied',
  // Nobody is there to answer (`prompt=none`), and somebody is needed.
  'login_required',
  'interaction_required',
  'consent_required',
  // The user is blocked, deleted or no longer what the login began with.
  'unauthorized',
  // The refresh token or the link that it came from was used or revoked meanwhile.
  'invalid_grant',
] as const;
export type DenialCode = (typeof DENIAL_CODES)[number];

/** Why a submission left the login where it was; the keys pages carry in `data-error`. */
export type Notice =
  | { key: 'wrong-credentials' }
  /** Too many failures in a row by this name; whether it is anybody's is not said. */
  | { key: 'user-blocked' }
  /** Too many failures from this address, by whatever names. */
  | { key: 'ip-blocked'; retryAfterSeconds: number }
  /** Too many logins of one person from this address. */
  | { key: 'same-user-login'; retryAfterSeconds: number }
  /** The password is right, and known to others. */
  | { key: 'password-breached' }
  | { key: 'no-email' }
  | { key: 'no-password' }
  | { key: 'no-code' }
  | { key: 'invalid-otp-code-format' }
  /** Wrong, used or expired: they are not told apart. */
  | { key: 'invalid-code' }
  | { key: 'too-many-failures'; retryAfterSeconds: number }
  /** This login has sent all the messages that one login may send, or as many went to the person as may at once. */
  | { key: 'too-many-sms' | 'too-many-voice' | 'too-many-email'; retryAfterSeconds?: number }
  | { key: 'too-many-push' }
  /** The person's other device has not answered yet. */
  | { key: 'challenge-transaction-pending' }
  /** It answered no, or with another number than the page shows. */
  | { key: 'transaction-rejected' }
  /** The sign-in that the device was asked about has run out. */
  | { key: 'transaction-not-found' }
  /** A recovery code has 24 letters and digits. */
  | { key: 'invalid-code-format' }
  /** The box that says that the recovery code was written down is not ticked. */
  | { key: 'no-confirmation' }
  /** A key signed something else, or is not one of the person's. */
  | { key: 'webauthn-not-accepted' }
  | { key: 'passkey-not-accepted' }
  | { key: 'too-many-webauthn-challenge-attempts-error'; retryAfterSeconds: number }
  | { key: 'no-nickname' }
  | { key: 'nickname-too-long' }
  | { key: 'no-phone' }
  | { key: 'invalid-phone' }
  | { key: 'user-already-enrolled' }
  | { key: 'user-exists' }
  | { key: 'invalid-email' }
  | { key: 'password-too-weak' }
  /** Everybody tries it first, or the tenant's dictionary holds it. */
  | { key: 'password-too-common' }
  | { key: 'password-contains-user-information' }
  /** Of the passwords that the person had lately, it is one. */
  | { key: 'password-previously-used' }
  /** A new password was typed twice, and not the same both times. */
  | { key: 'password-mismatch' }
  /** What a script told the person at sign-up. */
  | { key: 'sign-up-refused'; text: string }
  /** A field of a form must be filled in, or holds what it cannot. */
  | { key: 'invalid-field'; field: string }
  | { key: 'send-sms-failed' }
  | { key: 'send-voice-failed' }
  | { key: 'send-push-failed' }
  | { key: 'send-email-failed' }
  /** The message may have arrived; nobody saw the answer. */
  | { key: 'message-unconfirmed' }
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
  gd_auth_rejected: 'Second factor refused by the person',
  gd_send_voice: 'Call with a code made',
  gd_send_voice_failure: 'Call with a code not made',
  cs: 'Passwordless code sent',
  cls: 'Passwordless link sent',
  fn: 'Message not sent',
  gd_send_pn: 'Push notification sent',
  gd_send_pn_failure: 'Push notification not sent',
  gd_webauthn_challenge_failed: 'Security key not accepted',
  gd_webauthn_enrollment_failed: 'Security key could not be enrolled',
  gd_update_device_account: 'Second factor renamed',
  gd_send_email: 'E-mail with a code sent',
  gd_send_email_failure: 'E-mail with a code not sent',
  gd_otp_rate_limit_exceed: 'Too many wrong codes',
  seacft: 'Authorization code exchanged',
  feacft: 'Authorization code not exchanged',
  scp: 'Password changed',
  fcp: 'Password not changed',
  scpr: 'Password change requested',
  fcpr: 'Password change request refused',
  scpn: 'Script that follows a password change succeeded',
  fcpn: 'Script that follows a password change failed',
  sv: 'E-mail address verified',
  fv: 'E-mail address not verified',
  slo: 'Signed out',
  flo: 'Sign-out failed',
  oidc_backchannel_logout_succeeded: 'Application told of a sign-out',
  oidc_backchannel_logout_failed: 'Application not told of a sign-out',
  srrt: 'Refresh token revoked',
  ferrt: 'Refresh token used twice',
  sertft: 'Refresh token exchanged',
  fertft: 'Refresh token not exchanged',
  sepft: 'Password exchanged',
  fepft: 'Password not exchanged',
  seotpft: 'One-time code exchanged',
  feotpft: 'One-time code not exchanged',
  seoobft: 'Out-of-band code exchanged',
  feoobft: 'Out-of-band code not exchanged',
  sercft: 'Recovery code exchanged',
  fercft: 'Recovery code not exchanged',
  sede: 'Device code exchanged',
  fede: 'Device code not exchanged',
  fdeaz: 'Device authorization request refused',
  fdeac: 'Device activation failed',
  fdecc: 'Person refused the device',
  secte: 'Token exchanged',
  fecte: 'Token not exchanged',
  gd_start_auth: 'Second factor asked for',
  gd_unenroll: 'Second factor removed',
  gd_recovery_succeed: 'Recovery code used',
  gd_recovery_failed: 'Wrong recovery code',
  gd_recovery_rate_limit_exceed: 'Too many wrong recovery codes',
  sui: 'Invitation accepted',
  fui: 'Invitation not accepted',
  ss: 'Successful sign-up',
  fs: 'Failed sign-up',
  session_revoked: 'Session revoked',
  seccft: 'Client credentials exchanged',
  feccft: 'Client credentials not exchanged',
  limit_wc: 'Blocked after too many failed logins in a row',
  limit_mu: 'Address blocked after too many tries',
  limit_sul: 'Too many logins of one user from one address',
  limit_messages: 'Limit of messages reached',
  limit_messages_warning: 'Limit of messages almost reached',
  api_limit: 'Rate limit reached',
  pwd_leak: 'Login with a leaked password',
  signup_pwd_leak: 'Sign-up with a leaked password',
  fapi: 'Management API write refused',
  sapi: 'Management API write',
  depnote: 'Deprecated feature used',
} as const;
export type LogType = keyof typeof LOG_TYPES;
