// The words of our messages. Short, the code first where a phone shows it in a notification.

/** One-time code, English or Japanese. */
export function codeText(tenantName: string, code: string, locale: string): string {
  return locale === 'ja'
    ? `${code} は ${tenantName} の確認コードです。5分以内に入力してください。`
    : `${code} is your verification code for ${tenantName}. It is valid for 5 minutes.`;
}

/** Somebody failed too often with this person's name. English or Japanese. */
export function unblockText(tenantName: string, link: string, locale: string): string {
  return locale === 'ja'
    ? `${tenantName} で、お客様のアカウントへのログインが続けて失敗したため、その接続元からのログインを止めました。ご本人の操作であれば、次のリンクで解除できます: ${link}\n心当たりがない場合は、何もする必要はありません。`
    : `Somebody failed to log in to your account at ${tenantName} several times in a row, so logins from where they are were stopped. If it was you, this link lets you in again: ${link}\nIf it was not you, there is nothing to do.`;
}
