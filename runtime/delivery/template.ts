// The words of our messages. Short, the code first where a phone shows it in a notification.

/** Somebody invites to an organization. English or Japanese. */
export function invitationText(
  tenantName: string,
  { inviter, organization, link }: { inviter: string; organization: string; link: string },
  locale: string,
): string {
  return locale === 'ja'
    ? `${inviter} さんから、${tenantName} の組織「${organization}」に招待されました。参加するには、次のリンクを開いてください: ${link}`
    : `${inviter} invites you to join ${organization} at ${tenantName}. To accept, open this link: ${link}`;
}

/** One-time code, English or Japanese. */
export function codeText(tenantName: string, code: string, locale: string): string {
  return locale === 'ja'
    ? `${code} は ${tenantName} の確認コードです。5分以内に入力してください。`
    : `${code} is your verification code for ${tenantName}. It is valid for 5 minutes.`;
}

/** A code as it is read out, digit by digit (wire reference, §5.4). */
export function spell(code: string): string {
  return [...code].join('.');
}

/** A sign-in waits for this person's word. English or Japanese. */
export function pushText(tenantName: string, application: string, locale: string): string {
  return locale === 'ja'
    ? `${tenantName}: ${application} へのログインを承認しますか？`
    : `${tenantName}: approve the login to ${application}?`;
}

/** Somebody failed too often with this person's name. English or Japanese. */
export function unblockText(tenantName: string, link: string, locale: string): string {
  return locale === 'ja'
    ? `${tenantName} で、お客様のアカウントへのログインが続けて失敗したため、その接続元からのログインを止めました。ご本人の操作であれば、次のリンクで解除できます: ${link}\n心当たりがない場合は、何もする必要はありません。`
    : `Somebody failed to log in to your account at ${tenantName} several times in a row, so logins from where they are were stopped. If it was you, this link lets you in again: ${link}\nIf it was not you, there is nothing to do.`;
}

/** An administrator asks this person to set up a second factor. English or Japanese. */
export function enrollmentText(tenantName: string, link: string, locale: string): string {
  return locale === 'ja'
    ? `${tenantName} のアカウントに 2 つ目のログイン方法を設定するには、次のリンクを開いてください: ${link}\nリンクは5日間有効で、1回だけ使えます。`
    : `To set up a second way to log in to ${tenantName}, open this link: ${link}\nIt works once, within 5 days.`;
}

/** Somebody asked for a new password for this person. English or Japanese. */
export function resetText(tenantName: string, link: string, locale: string): string {
  return locale === 'ja'
    ? `${tenantName} のパスワードを再設定するには、次のリンクを開いてください: ${link}\nリンクは5日間有効で、1回だけ使えます。心当たりがない場合は、何もする必要はありません。パスワードは変わりません。`
    : `To choose a new password for ${tenantName}, open this link: ${link}\nIt works once, within 5 days. If you did not ask for it, there is nothing to do: your password stays as it is.`;
}

/** Somebody made an account with this address, or is to verify it. English or Japanese. */
export function verificationText(tenantName: string, link: string, locale: string): string {
  return locale === 'ja'
    ? `${tenantName} でこのメールアドレスを確認するには、次のリンクを開いてください: ${link}\n心当たりがない場合は、何もする必要はありません。`
    : `To verify this email address for ${tenantName}, open this link: ${link}\nIf you have no account there, there is nothing to do.`;
}
