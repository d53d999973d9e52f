// The words that come with a code or a link of a passwordless connection, in every language of the pages, where the
// connection has no template of its own.
import { languageOf } from './code-texts.ts';

type Words = { code(code: string, tenantName: string): string; link(link: string, tenantName: string): string };

const ENGLISH: Words = {
  code: (code, tenantName) => `${code} is your code to log in to ${tenantName}. Tell it to nobody.`,
  link: (link, tenantName) =>
    `To log in to ${tenantName}, open this link: ${link}\nIt works once. If you did not ask for it, there is nothing to do.`,
};

const LANGUAGES: Readonly<Record<string, Words>> = {
  ar: {
    code: (code, tenantName) => `${code} هو رمز تسجيل الدخول إلى ${tenantName}. لا تخبر به أحدًا.`,
    link: (link, tenantName) =>
      `لتسجيل الدخول إلى ${tenantName}، افتح هذا الرابط: ${link}\nيعمل الرابط مرة واحدة. إذا لم تطلبه، فلا حاجة إلى فعل أي شيء.`,
  },
  de: {
    code: (code, tenantName) =>
      `${code} ist Ihr Code für die Anmeldung bei ${tenantName}. Geben Sie ihn niemandem weiter.`,
    link: (link, tenantName) =>
      `Öffnen Sie diesen Link, um sich bei ${tenantName} anzumelden: ${link}\nEr gilt einmal. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.`,
  },
  en: ENGLISH,
  es: {
    code: (code, tenantName) => `${code} es su código para iniciar sesión en ${tenantName}. No se lo diga a nadie.`,
    link: (link, tenantName) =>
      `Para iniciar sesión en ${tenantName}, abra este enlace: ${link}\nSirve una sola vez. Si no lo ha pedido, no tiene que hacer nada.`,
  },
  fr: {
    code: (code, tenantName) => `${code} est votre code de connexion à ${tenantName}. Ne le communiquez à personne.`,
    link: (link, tenantName) =>
      `Pour vous connecter à ${tenantName}, ouvrez ce lien : ${link}\nIl ne sert qu’une fois. Si vous ne l’avez pas demandé, vous n’avez rien à faire.`,
  },
  he: {
    code: (code, tenantName) => `${code} הוא קוד הכניסה שלכם אל ${tenantName}. אין למסור אותו לאיש.`,
    link: (link, tenantName) =>
      `כדי להיכנס אל ${tenantName}, יש לפתוח את הקישור: ${link}\nהקישור פועל פעם אחת. אם לא ביקשתם אותו, אין צורך לעשות דבר.`,
  },
  it: {
    code: (code, tenantName) => `${code} è il tuo codice per accedere a ${tenantName}. Non comunicarlo a nessuno.`,
    link: (link, tenantName) =>
      `Per accedere a ${tenantName}, apri questo link: ${link}\nVale una sola volta. Se non lo hai richiesto, non devi fare nulla.`,
  },
  ja: {
    code: (code, tenantName) => `${code} は ${tenantName} のログインコードです。ほかの人に教えないでください。`,
    link: (link, tenantName) =>
      `${tenantName} にログインするには、次のリンクを開いてください: ${link}\nリンクは1回だけ使えます。心当たりがない場合は、何もする必要はありません。`,
  },
  ko: {
    code: (code, tenantName) => `${code}: ${tenantName} 로그인 코드입니다. 아무에게도 알려 주지 마세요.`,
    link: (link, tenantName) =>
      `${tenantName}에 로그인하려면 다음 링크를 여세요: ${link}\n링크는 한 번만 사용할 수 있습니다. 요청하지 않으셨다면 아무것도 하지 않으셔도 됩니다.`,
  },
  nl: {
    code: (code, tenantName) => `${code} is uw code om in te loggen bij ${tenantName}. Geef hem aan niemand door.`,
    link: (link, tenantName) =>
      `Open deze link om in te loggen bij ${tenantName}: ${link}\nDe link werkt één keer. Hebt u er niet om gevraagd, dan hoeft u niets te doen.`,
  },
  pl: {
    code: (code, tenantName) => `${code} to kod logowania do ${tenantName}. Nie podawaj go nikomu.`,
    link: (link, tenantName) =>
      `Aby zalogować się do ${tenantName}, otwórz ten link: ${link}\nDziała tylko raz. Jeśli o niego nie prosisz, nie musisz nic robić.`,
  },
  pt: {
    code: (code, tenantName) => `${code} é o seu código para entrar em ${tenantName}. Não o diga a ninguém.`,
    link: (link, tenantName) =>
      `Para entrar em ${tenantName}, abra este link: ${link}\nEle funciona uma única vez. Se não o pediu, não é preciso fazer nada.`,
  },
  tr: {
    code: (code, tenantName) => `${code}, ${tenantName} giriş kodunuzdur. Kimseye söylemeyin.`,
    link: (link, tenantName) =>
      `${tenantName} hesabınıza giriş yapmak için bu bağlantıyı açın: ${link}\nBağlantı bir kez çalışır. İstemediyseniz bir şey yapmanız gerekmez.`,
  },
  zh: {
    code: (code, tenantName) => `${code} 是您登录 ${tenantName} 的验证码，请勿告诉他人。`,
    link: (link, tenantName) =>
      `要登录 ${tenantName}，请打开此链接：${link}\n链接只能使用一次。如果不是您本人的操作，无需理会。`,
  },
};

const wordsIn = (locale: string): Words => LANGUAGES[languageOf(locale)] ?? ENGLISH;

export function passwordlessCodeText(tenantName: string, code: string, locale: string): string {
  return wordsIn(locale).code(code, tenantName);
}

export function passwordlessLinkText(tenantName: string, link: string, locale: string): string {
  return wordsIn(locale).link(link, tenantName);
}
