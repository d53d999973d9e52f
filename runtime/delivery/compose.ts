// Messages as rows of the outbox, one function for each kind, in our own words. What a tenant's template makes of them is
// seen when they leave.
import type { MessageAbout, MessageKind, MessageRecord, PushRequestRecord, TenantRecord } from '#storage/records.ts';
import { codeText, pushText, spell } from './code-texts.ts';
import { ourMail } from './our-mail.ts';
import { passwordlessCodeText, passwordlessLinkText } from './passwordless-texts.ts';

export type CodeMessage = Pick<MessageRecord, 'id' | 'channel' | 'to' | 'at' | 'expiresAt'> & {
  transactionId: string;
  tenant: TenantRecord;
  code: string;
  locale: string;
  /** For somebody's second factor, or for the proof of a new one. */
  kind: Extract<MessageKind, 'second-factor' | 'enrollment'>;
};

/** The outbox row that carries a one-time code. */
export function codeMessage({ tenant, locale, kind, ...message }: CodeMessage): MessageRecord {
  const spoken = message.channel === 'voice' ? spell(message.code) : message.code;
  // An address proves itself in the words of any code; only of a number do ours say what happens to it.
  const wording = message.channel === 'email' ? 'second-factor' : kind;
  const text = codeText(tenant.friendlyName ?? tenant.name, spoken, { locale, kind: wording });
  return { ...message, tenantId: tenant.id, text, about: { kind, locale }, ...NEW };
}

const NEW = { state: 'pending', attempts: 0 } as const;

export type PushMessage = {
  request: PushRequestRecord;
  tenant: TenantRecord;
  locale: string;
  transactionId: string;
};

/** The outbox row that tells a device of a sign-in to approve. Its id is the request's. */
export function pushMessage({ request, tenant, locale, transactionId }: PushMessage): MessageRecord {
  const { id, deviceId: to, number, about, createdAt: at, expiresAt } = request;
  const text = pushText(tenant.friendlyName ?? tenant.name, about.application, locale);
  return {
    tenantId: tenant.id,
    id,
    channel: 'push',
    to,
    text,
    ...(number === '' ? {} : { code: number }),
    transactionId,
    about: { kind: 'push', locale },
    ...NEW,
    at,
    expiresAt,
  };
}

export type PasswordlessMessage = Pick<MessageRecord, 'id' | 'to' | 'at' | 'expiresAt' | 'transactionId'> & {
  tenant: TenantRecord;
  channel: 'sms' | 'email';
  code: string;
  locale: string;
  /** With it, the message is about the link; without, about the code. */
  link?: string;
  about: Pick<MessageAbout, 'place' | 'origin' | 'language'>;
};

/** The outbox row that lets in whoever reads it. */
export function passwordlessMessage({ tenant, link, locale, about, ...message }: PasswordlessMessage): MessageRecord {
  const name = tenant.friendlyName ?? tenant.name;
  const { code } = message;
  const [kind, text, leads] =
    link === undefined
      ? (['passwordless-code', passwordlessCodeText(name, code, locale), {}] as const)
      : (['passwordless-link', passwordlessLinkText(name, link, locale), { link }] as const);
  return { ...message, tenantId: tenant.id, text, about: { ...about, kind, locale, ...leads }, ...NEW };
}

export type MailMessage = Pick<MessageRecord, 'id' | 'to' | 'at' | 'expiresAt'> & {
  tenant: TenantRecord;
  locale: string;
  /** Whose, with which application, from where: for templates and the log. */
  place?: MessageAbout['place'];
};
export type LinkMessage = MailMessage & { link: string };

/** The outbox row that tells the owner of an account of a block, with the link that lifts it. */
export const unblockMessage = (message: LinkMessage): MessageRecord => mailMessage('unblock', message);

/** The outbox row with the link by which a forgotten password is replaced. */
export const resetMessage = (message: LinkMessage): MessageRecord => mailMessage('reset-password', message);

/** The outbox row with the link by which somebody sets up a second factor. */
export const enrollmentMessage = (message: LinkMessage): MessageRecord => mailMessage('enrollment-ticket', message);

/** The outbox row with the link by which an address is verified. */
export const verificationMessage = (message: LinkMessage): MessageRecord => mailMessage('verify-email', message);

/** The outbox row that greets somebody who has an account now. */
export const welcomeMessage = (message: MailMessage): MessageRecord => mailMessage('welcome', message);

/** The outbox row that tells somebody that their password is known to others. */
export const stolenMessage = (message: MailMessage): MessageRecord => mailMessage('stolen-credentials', message);

/** The outbox row with the link by which somebody joins an organization. `inviter`, `organization`: as people know them. */
export const invitationMessage = ({
  inviter,
  organization,
  ...message
}: LinkMessage & { inviter: string; organization: string }): MessageRecord =>
  mailMessage('invitation', message, { inviter, organization });

/** No login waits for it. */
function mailMessage(
  kind: MessageKind,
  { tenant, link, locale, place, ...message }: MailMessage & { link?: string },
  values?: Record<string, string>,
): MessageRecord {
  const about: MessageAbout = {
    kind,
    locale,
    ...(link === undefined ? {} : { link }),
    ...(values ? { values } : {}),
    ...(place ? { place } : {}),
  };
  const text = ourMail(tenant, { about, ...message })?.text ?? '';
  return { ...message, tenantId: tenant.id, channel: 'email', text, about, ...NEW };
}
