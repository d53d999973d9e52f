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
    forgot: 'パスワードをお忘れの場合',
    noAccount: 'アカウントをお持ちでない場合',
    signUp: '新規登録',
  },
  signUp: {
    title: 'アカウントの作成',
    lead: (application) => `${application} に進むには、アカウントを作成してください。`,
    email: 'メールアドレス',
    username: 'ユーザー名',
    password: 'パスワード',
    submit: '続ける',
    hasAccount: 'アカウントをお持ちの場合',
    logIn: 'ログイン',
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
  enrollPicker: {
    title: 'アカウントの保護',
    lead: 'ご本人であることを確認する方法をもう一つ登録します。方法を選んでください。',
    hints: {
      sms: '携帯電話に SMS でコードが届きます。',
      otp: 'スマートフォンのアプリにコードが表示されます。圏外でも使えます。',
      email: 'メールでコードが届きます。',
    },
  },
  enrollment: {
    title: 'アカウントの保護',
    scan: '認証アプリでこの QR コードを読み取り、アプリに表示されたコードを入力してください。',
    type: '認証アプリにこのキーを入力し、アプリに表示されたコードを入力してください。',
    picture: 'このページに記載されたキーを含む QR コード',
    key: 'キー',
    open: 'この端末のアプリで開く',
    showKey: '読み取れない場合',
    showPicture: 'QR コードを表示する',
    code: '6 桁のコード',
    phoneLead: '電話番号を入力してください。SMS でコードをお送りします。',
    phone: '電話番号',
    country: '国番号',
    changeCountry: '国番号を変更する',
    changePhone: '電話番号を変更する',
    sendCode: 'コードを送信する',
    countries: '国番号の選択',
    countriesLead: '電話番号の国または地域を選んでください。',
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
    remember: 'このデバイスを 30 日間記憶する',
  },
  consent: {
    title: 'アプリケーションの承認',
    lead: (application) => `${application} があなたのアカウントへのアクセスを求めています。許可される内容：`,
    scopes: {
      openid: 'あなたを識別すること',
      profile: 'プロフィール（名前と画像）を見ること',
      email: 'メールアドレスを見ること',
      phone: '電話番号を見ること',
      offline_access: 'あなたが利用していない間もアクセスを続けること',
    },
    accept: '許可する',
    decline: '許可しない',
  },
  form: { submit: '続ける', optional: '任意', yes: 'はい', no: 'いいえ', choose: '選択してください' },
  passwordRules: {
    lead: 'パスワードの条件：',
    lengthAtLeast: (least) => `${least} 文字以上`,
    shouldContain: (kinds) => `${kinds.join('、')}をすべて含む`,
    containsAtLeast: (least, kinds) => `${kinds.join('、')}のうち ${least} 種類以上を含む`,
    identicalChars: (most) => `同じ文字は連続 ${most} 回まで`,
    kinds: { lowerCase: '英小文字', upperCase: '英大文字', numbers: '数字', specialCharacters: '記号' },
  },
  emailVerification: {
    title: 'メールアドレスの確認',
    lead: (email) => `${email} がご自身のアドレスであれば、ボタンを押してください。`,
    submit: '確認する',
    done: 'メールアドレスを確認しました',
    next: 'このページを閉じるか、元のアプリケーションにお戻りください。',
  },
  reset: {
    title: 'パスワードの再設定',
    lead: (brand) => `${brand} の新しいパスワードを設定してください。すべてのデバイスからログアウトされます。`,
    password: '新しいパスワード',
    again: '新しいパスワード（確認）',
    submit: 'パスワードを再設定する',
    done: 'パスワードを変更しました',
    next: '新しいパスワードをお使いいただけます。元のアプリケーションに戻って、ログインしてください。',
  },
  resetRequest: {
    title: 'パスワードをお忘れですか？',
    lead: 'メールアドレスを入力してください。パスワードを再設定するためのリンクをお送りします。',
    email: 'メールアドレス',
    submit: '続ける',
    back: 'ログインに戻る',
  },
  resetSent: {
    title: 'メールをご確認ください',
    lead: 'このアドレスのアカウントがある場合は、パスワードを再設定するためのリンクをお送りしました。届くまで数分かかることがあります。迷惑メールのフォルダーもご確認ください。',
  },
  resetProblems: {
    gone: {
      title: 'このリンクはもう使えません',
      lead: 'すでに使用されたか、有効期限が切れているか、その後にパスワードが変更されています。',
    },
    often: { title: 'このリンクは何度も開かれています', lead: '数分待ってから、もう一度開いてください。' },
    denied: { title: 'パスワードは変更されませんでした', lead: '再設定は許可されませんでした。' },
    again: '新しいリンクを送る',
  },
  unblock: {
    title: 'アカウントのブロックを解除',
    lead: 'ログインの失敗が続いたため、アカウントへのログインを止めています。ご本人の操作であれば、解除してください。',
    submit: '解除する',
    done: 'アカウントのブロックを解除しました',
    next: '元のアプリケーションに戻って、ログインしてください。',
  },
  logout: {
    title: 'ログアウトしますか？',
    lead: (brand) => `${brand} にログインしています。`,
    leadFrom: (application, brand) => `${application} が ${brand} からのログアウトを求めています。`,
    accept: 'ログアウトする',
    decline: 'ログインしたままにする',
    done: { title: 'ログアウトしました', lead: 'このページを閉じてかまいません。' },
    kept: { title: 'ログインしたままです', lead: '何も変更されていません。このページを閉じてかまいません。' },
  },
  device: {
    code: 'デバイスに表示されたコード',
    entry: {
      title: 'デバイスの接続',
      lead: 'デバイスに表示されているコードを入力してください。',
      code: 'コード',
      submit: '続ける',
    },
    check: {
      title: 'お使いのデバイスですか？',
      lead: 'お手元のデバイスにこのコードが表示されている場合だけ、続けてください。他の人から送られたリンクで開いた場合は、接続しないでください。',
      accept: 'はい、表示されています',
      decline: '接続しない',
    },
    confirmation: {
      title: 'このデバイスを接続しますか？',
      lead: (application) =>
        `このコードが表示されているデバイスの ${application} が、あなたのアカウントを利用できるようになります。`,
      as: (account) => `${account} としてログインしています。`,
      accept: '接続する',
      decline: '接続しない',
    },
    allowed: {
      title: 'デバイスを接続しました',
      lead: '数秒後、デバイスの画面が自動的に切り替わります。このページを閉じてかまいません。',
    },
    denied: {
      title: 'デバイスは接続されませんでした',
      lead: 'デバイスはあなたのアカウントを利用できません。このページを閉じてかまいません。',
    },
  },
  busy: { title: '少々お待ちください', lead: '前の操作を処理しています。このページは自動的に切り替わります。' },
  leaving: { title: '少々お待ちください', lead: '続きは別のサイトで行います。', link: '続ける' },
  relay: { title: 'ログインの続き', lead: '元のサイトに戻りました。ボタンを押すと先に進みます。', submit: '続ける' },
  errorPrefix: 'エラー',
  notices: {
    'wrong-credentials': () => 'メールアドレスまたはパスワードが正しくありません。',
    'user-blocked': () =>
      'ログインの失敗が続いたため、このアカウントはブロックされています。解除方法をお知らせするメールをご確認いただくか、パスワードを再設定してください。',
    'ip-blocked': () =>
      'お使いのネットワークからのログイン失敗が多すぎるため、しばらく受け付けを止めています。時間をおいてからもう一度お試しください。',
    'same-user-login': () => 'このユーザーでのログインが多すぎます。しばらく待ってからもう一度お試しください。',
    'password-breached': () =>
      'このパスワードは他のサイトから流出しており、第三者に知られているおそれがあります。別のパスワードをお選びください。',
    'no-email': () => 'メールアドレスを入力してください。',
    'no-password': () => 'パスワードを入力してください。',
    'no-code': () => 'コードを入力してください。',
    'invalid-otp-code-format': () => 'コードは 6 桁の数字です。',
    'invalid-code': () =>
      'コードが間違っているか、有効期限が切れています。確認するか、新しいコードを取得してください。',
    'too-many-failures': ({ retryAfterSeconds }) =>
      `試した回数が多すぎます。${Math.max(1, Math.ceil(retryAfterSeconds / 60))} 分ほど待ってから、もう一度お試しください。`,
    'too-many-sms': () =>
      'このサインインで送れるメッセージの上限に達しました。最後に届いたコードを使うか、後でやり直してください。',
    'too-many-email': () =>
      'このサインインで送れるメールの上限に達しました。最後に届いたコードを使うか、後でやり直してください。',
    'no-phone': () => '電話番号を入力してください。',
    'invalid-phone': () => '電話番号として認識できません。番号と国番号を確認してください。',
    'user-already-enrolled': () => 'この方法はすでに登録されています。',
    'user-exists': () =>
      'この内容ではアカウントを作成できませんでした。すでにアカウントをお持ちの場合は、ログインしてください。',
    'invalid-email': () => 'メールアドレスの形式が正しくありません。',
    'password-too-weak': () => 'このパスワードは推測されやすいものです。文字の種類を増やし、より長くしてください。',
    'password-too-common': () =>
      'このパスワードはよく使われるため、すぐに推測されます。別のパスワードをお選びください。',
    'password-contains-user-information': () =>
      'このパスワードにはお名前など、あなたに関する情報が含まれています。別のパスワードをお選びください。',
    'password-previously-used': () => 'このパスワードは以前に使われたものです。別のパスワードをお選びください。',
    'password-mismatch': () => '2 つのパスワードが一致しません。同じパスワードを 2 回入力してください。',
    'sign-up-refused': ({ text }) => text,
    'invalid-field': ({ field }) => `入力内容を確認してください：${field}`,
    'send-sms-failed': () => 'SMS を送信できませんでした。コードを再送するか、別の方法をお試しください。',
    'send-email-failed': () => 'メールを送信できませんでした。コードを再送するか、別の方法をお試しください。',
    'authenticator-error': () => 'うまくいきませんでした。もう一度お試しください。',
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
    'too-many-requests': {
      title: 'リクエストが多すぎます',
      advice: 'お使いのネットワークからのリクエストが1分間の上限を超えました。数分後にもう一度お試しください。',
    },
    'link-used': {
      title: 'このリンクはもう使えません',
      advice: 'すでに使用されたか、有効期限が切れています。ログインできない場合は、パスワードを再設定してください。',
    },
    'verification-link-used': {
      title: 'このリンクは使えません',
      advice: 'すでに使われたか、有効期限が切れています。まだ確認が済んでいない場合は、メールの再送をご依頼ください。',
    },
    fault: { title: 'サーバーで問題が発生しました', advice: 'しばらくしてから、もう一度お試しください。' },
  },
  reason: '開発者向けの情報：',
};
