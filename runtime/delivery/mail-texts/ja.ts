// Delivery, words of our mails: Japanese.
import type { MailTexts } from './mail-text.ts';

export const ja: MailTexts = {
  copy: 'ボタンを使えない場合は、次のアドレスを開いてください:',
  code: {
    subject: '{tenant} の確認コード',
    intro: '{tenant} の確認コードです:',
    note: '有効期間は{duration}です。心当たりがない場合は、このメールを無視してください。',
  },
  'sign-in': {
    subject: '{tenant} へのログイン',
    intro: '{tenant} にログインするには、次のリンクを開いてください。',
    button: 'ログイン',
    note: 'リンクは{duration}有効で、1回だけ使えます。心当たりがない場合は、このメールを無視してください。',
  },
  verify: {
    subject: '{tenant} のメールアドレスの確認',
    intro: '{tenant} でこのメールアドレスを確認してください。',
    button: 'アドレスを確認',
    note: 'リンクは{duration}有効で、1回だけ使えます。心当たりがない場合は、何もする必要はありません。',
  },
  reset: {
    subject: '{tenant} のパスワードの再設定',
    intro: '{tenant} のパスワードを再設定する手続きがありました。',
    button: 'パスワードを再設定',
    note: 'リンクは{duration}有効で、1回だけ使えます。心当たりがない場合は、何もする必要はありません。パスワードは変わりません。',
  },
  unblock: {
    subject: '{tenant} へのログインを止めました',
    intro:
      '{tenant} で、お客様のアカウントへのログインが続けて失敗したため、その接続元からのログインを止めました。ご本人の操作であれば、次のリンクで解除できます。',
    button: '解除する',
    note: 'リンクは{duration}有効で、1回だけ使えます。心当たりがない場合は、何もする必要はありません。',
  },
  enrollment: {
    subject: '{tenant} の2つ目のログイン方法の設定',
    intro: '{tenant} のアカウントに2つ目のログイン方法を設定してください。',
    button: '設定する',
    note: 'リンクは{duration}有効で、1回だけ使えます。',
  },
  invitation: {
    subject: '{organization} への招待',
    intro: '{inviter} さんから、{tenant} の組織「{organization}」に招待されました。',
    button: '参加する',
    note: 'リンクは{duration}有効で、1回だけ使えます。',
  },
  welcome: { subject: '{tenant} へようこそ', intro: '{tenant} のアカウントをご利用いただけます。' },
  stolen: {
    subject: '{tenant} のパスワードは安全ではありません',
    intro:
      '{tenant} のアカウントのパスワードが、ほかのサイトから漏えいしており、第三者に知られている可能性があります。新しいパスワードに変更してください。ほかで同じパスワードを使っている場合は、そちらも変更してください。',
    button: '{tenant} を開く',
  },
  try: { subject: '{tenant} のテストメール', intro: '{tenant} からのメールは正しく届いています。' },
};
