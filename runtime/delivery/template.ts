// The words of our messages. Short, the code first where a phone shows it in a notification.

/** One-time code, English or Japanese. */
export function codeText(tenantName: string, code: string, locale: string): string {
  return locale === 'ja'
    ? `${code} は ${tenantName} の確認コードです。5分以内に入力してください。`
    : `${code} is your verification code for ${tenantName}. It is valid for 5 minutes.`;
}
