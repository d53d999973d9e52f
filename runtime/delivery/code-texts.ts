// The words of our own messages that a phone shows or says, in every language of the pages. Short, the code first where a
// phone shows it in a notification.

type Code = { tenantName: string; code: string };
type PhoneWords = {
  /** For somebody's second factor. */
  code(said: Code): string;
  /** For the proof of a new one. */
  enrollment(said: Code): string;
  /** A sign-in waits for this person's word. */
  push(said: { tenantName: string; application: string }): string;
};

const ENGLISH: PhoneWords = {
  code: ({ code, tenantName }) => `${code} is your verification code for ${tenantName}. It is valid for 5 minutes.`,
  enrollment: ({ code, tenantName }) =>
    `${code} is your code to set up this number at ${tenantName}. It is valid for 5 minutes.`,
  push: ({ application, tenantName }) => `${tenantName}: approve the login to ${application}?`,
};

const LANGUAGES = new Map<string, PhoneWords>(
  Object.entries({
    ar: {
      code: ({ code, tenantName }) => `${code} هو رمز التحقق الخاص بك في ${tenantName}. الرمز صالح لمدة 5 دقائق.`,
      enrollment: ({ code, tenantName }) => `${code} هو رمز إضافة هذا الرقم في ${tenantName}. الرمز صالح لمدة 5 دقائق.`,
      push: ({ application, tenantName }) => `${tenantName}: هل توافق على تسجيل الدخول إلى ${application}؟`,
    },
    de: {
      code: ({ code, tenantName }) => `${code} ist Ihr Bestätigungscode für ${tenantName}. Er ist 5 Minuten gültig.`,
      enrollment: ({ code, tenantName }) =>
        `${code} ist Ihr Code, um diese Nummer bei ${tenantName} einzurichten. Er ist 5 Minuten gültig.`,
      push: ({ application, tenantName }) => `${tenantName}: Anmeldung bei ${application} bestätigen?`,
    },
    en: ENGLISH,
    es: {
      code: ({ code, tenantName }) =>
        `${code} es su código de verificación de ${tenantName}. Es válido durante 5 minutos.`,
      enrollment: ({ code, tenantName }) =>
        `${code} es su código para configurar este número en ${tenantName}. Es válido durante 5 minutos.`,
      push: ({ application, tenantName }) => `${tenantName}: ¿aprueba el inicio de sesión en ${application}?`,
    },
    fr: {
      code: ({ code, tenantName }) =>
        `${code} est votre code de vérification pour ${tenantName}. Il est valable 5 minutes.`,
      enrollment: ({ code, tenantName }) =>
        `${code} est votre code pour ajouter ce numéro chez ${tenantName}. Il est valable 5 minutes.`,
      push: ({ application, tenantName }) => `${tenantName} : approuver la connexion à ${application} ?`,
    },
    he: {
      code: ({ code, tenantName }) => `${code} הוא קוד האימות שלכם עבור ${tenantName}. הקוד תקף ל-5 דקות.`,
      enrollment: ({ code, tenantName }) => `${code} הוא הקוד להוספת המספר הזה ב-${tenantName}. הקוד תקף ל-5 דקות.`,
      push: ({ application, tenantName }) => `${tenantName}: לאשר את הכניסה אל ${application}?`,
    },
    it: {
      code: ({ code, tenantName }) => `${code} è il tuo codice di verifica per ${tenantName}. È valido per 5 minuti.`,
      enrollment: ({ code, tenantName }) =>
        `${code} è il codice per configurare questo numero su ${tenantName}. È valido per 5 minuti.`,
      push: ({ application, tenantName }) => `${tenantName}: approvare l’accesso a ${application}?`,
    },
    ja: {
      code: ({ code, tenantName }) => `${code} は ${tenantName} の確認コードです。5分以内に入力してください。`,
      enrollment: ({ code, tenantName }) =>
        `${code} は ${tenantName} にこの電話番号を登録するためのコードです。5分以内に入力してください。`,
      push: ({ application, tenantName }) => `${tenantName}: ${application} へのログインを承認しますか？`,
    },
    ko: {
      code: ({ code, tenantName }) => `${code}: ${tenantName} 인증 코드입니다. 5분 안에 입력해 주세요.`,
      enrollment: ({ code, tenantName }) =>
        `${code}: ${tenantName}에 이 번호를 등록하기 위한 코드입니다. 5분 안에 입력해 주세요.`,
      push: ({ application, tenantName }) => `${tenantName}: ${application} 로그인을 승인하시겠습니까?`,
    },
    nl: {
      code: ({ code, tenantName }) => `${code} is uw verificatiecode voor ${tenantName}. De code is 5 minuten geldig.`,
      enrollment: ({ code, tenantName }) =>
        `${code} is uw code om dit nummer in te stellen bij ${tenantName}. De code is 5 minuten geldig.`,
      push: ({ application, tenantName }) => `${tenantName}: inloggen bij ${application} goedkeuren?`,
    },
    pl: {
      code: ({ code, tenantName }) => `${code} to kod weryfikacyjny do ${tenantName}. Jest ważny przez 5 minut.`,
      enrollment: ({ code, tenantName }) =>
        `${code} to kod do dodania tego numeru w ${tenantName}. Jest ważny przez 5 minut.`,
      push: ({ application, tenantName }) => `${tenantName}: zatwierdzić logowanie do ${application}?`,
    },
    pt: {
      code: ({ code, tenantName }) =>
        `${code} é o seu código de verificação para ${tenantName}. É válido por 5 minutos.`,
      enrollment: ({ code, tenantName }) =>
        `${code} é o seu código para configurar este número em ${tenantName}. É válido por 5 minutos.`,
      push: ({ application, tenantName }) => `${tenantName}: aprovar o login em ${application}?`,
    },
    tr: {
      code: ({ code, tenantName }) => `${code}, ${tenantName} doğrulama kodunuzdur. 5 dakika geçerlidir.`,
      enrollment: ({ code, tenantName }) =>
        `${code}, bu numarayı ${tenantName} için eklemenizi sağlayan koddur. 5 dakika geçerlidir.`,
      push: ({ application, tenantName }) => `${tenantName}: ${application} girişi onaylansın mı?`,
    },
    zh: {
      code: ({ code, tenantName }) => `${code} 是您在 ${tenantName} 的验证码，5 分钟内有效。`,
      enrollment: ({ code, tenantName }) => `${code} 是在 ${tenantName} 绑定此号码的验证码，5 分钟内有效。`,
      push: ({ application, tenantName }) => `${tenantName}：是否批准登录 ${application}？`,
    },
  }),
);

/** Languages that we have words in. */
export const MESSAGE_LANGUAGES: readonly string[] = [...LANGUAGES.keys()];

const wordsIn = (locale: string): PhoneWords => LANGUAGES.get(languageOf(locale)) ?? ENGLISH;

/** The language of a locale, without its region. */
export const languageOf = (locale: string): string => locale.toLowerCase().split(/[-_]/)[0] ?? '';

/** One-time code, as it is to be shown or said. A language that we have no words in is answered in English. */
export function codeText(tenantName: string, code: string, { locale, kind }: CodeAbout): string {
  return wordsIn(locale)[kind === 'enrollment' ? 'enrollment' : 'code']({ tenantName, code });
}

type CodeAbout = { locale: string; kind: 'second-factor' | 'enrollment' };

/** A sign-in waits for this person's word. */
export function pushText(tenantName: string, application: string, locale: string): string {
  return wordsIn(locale).push({ tenantName, application });
}

/** A code as it is read out, digit by digit (wire reference, §5.4). */
export function spell(code: string): string {
  return [...code].join('.');
}
