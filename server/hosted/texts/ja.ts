// Server, hosted pages: what pages say in Japanese.
import type { Texts } from './texts.ts';

const startAgain = 'ご利用のアプリケーションに戻り、もう一度最初からお試しください。';

export const ja: Texts = {
  login: {
    title: 'ログイン',
    lead: (application) => `${application} に進むには、ログインしてください。`,
    identifier: 'メールアドレス',
    password: 'パスワード',
    submit: '続ける',
  },
  picker: {
    title: '認証方法の選択',
    lead: 'ご本人であることを確認します。認証方法を選んでください。',
    back: '戻る',
    factors: {
      sms: { label: 'SMS', hint: '携帯電話にコードをお送りします。' },
      otp: { label: 'Google Authenticator などの認証アプリ', hint: 'アプリにコードが表示されます。' },
      email: { label: 'メール', hint: 'メールでコードをお送りします。' },
    },
  },
  challenges: {
    otp: { title: '本人確認', lead: '認証アプリに現在表示されているコードを入力してください。' },
    sms: {
      title: '本人確認',
      lead: (to) => `${to} 宛てに SMS でコードをお送りしました。コードは 5 分間有効で、1 回だけ使えます。`,
    },
    email: {
      title: '本人確認',
      lead: (to) => `${to} 宛てにメールでコードをお送りしました。コードは 5 分間有効で、1 回だけ使えます。`,
    },
    code: '6 桁のコード',
    submit: '続ける',
    resend: 'コードを再送する',
    other: '別の方法を試す',
  },
  busy: { title: '少々お待ちください', lead: '前の操作を処理しています。このページは自動的に切り替わります。' },
  errorPrefix: 'エラー',
  notices: {
    'wrong-credentials': () => 'メールアドレスまたはパスワードが正しくありません。',
    'no-email': () => 'メールアドレスを入力してください。',
    'no-password': () => 'パスワードを入力してください。',
    'no-code': () => 'コードを入力してください。',
    'invalid-otp-code-format': () => 'コードは 6 桁の数字です。',
    'invalid-code': () =>
      'コードが間違っているか、有効期限が切れています。確認するか、新しいコードを取得してください。',
    'too-many-failures': ({ retryAfterSeconds }) =>
      `コードを間違えた回数が多すぎます。${Math.max(1, Math.ceil(retryAfterSeconds / 60))} 分ほど待ってから、もう一度お試しください。`,
    'send-sms-failed': () => 'SMS を送信できませんでした。コードを再送するか、別の方法をお試しください。',
    'send-email-failed': () => 'メールを送信できませんでした。コードを再送するか、別の方法をお試しください。',
    'authenticator-error': () => 'うまくいきませんでした。もう一度選び直してください。',
  },
  problems: {
    'unknown-login': {
      title: 'このページは開けません',
      advice: `別のブラウザーで始められたログインか、アドレスが途中で切れています。${startAgain}`,
    },
    expired: {
      title: 'ログインの有効期限が切れました',
      advice: `安全のため、このログインは終了しました。${startAgain}`,
    },
    'already-used': { title: 'このログインは完了しています', advice: `再度ログインするには、${startAgain}` },
    'foreign-form': { title: '別のサイトから送られたフォームです', advice: `受け付けませんでした。${startAgain}` },
    'bad-request': { title: '送信内容を読み取れませんでした', advice: startAgain },
    'bad-application': {
      title: 'アプリケーションのリクエストに誤りがあります',
      advice: 'このリクエストには応答できません。アプリケーションの運営者にお知らせください。',
    },
    'not-found': { title: 'ページが見つかりません', advice: 'アドレスを確認するか、前のページに戻ってください。' },
    fault: { title: 'サーバーで問題が発生しました', advice: 'しばらくしてから、もう一度お試しください。' },
  },
  reason: '開発者向けの情報：',
};
