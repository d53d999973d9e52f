// Delivery, words of our mails: Turkish.
import type { MailTexts } from './mail-text.ts';

export const tr: MailTexts = {
  copy: 'Düğme çalışmıyorsa şu adresi açın:',
  code: {
    subject: '{tenant} doğrulama kodunuz',
    intro: '{tenant} doğrulama kodunuz:',
    note: '{duration} geçerlidir. Siz istemediyseniz bu iletiyi yok sayabilirsiniz.',
  },
  'sign-in': {
    subject: '{tenant} girişi',
    intro: '{tenant} hesabınıza giriş yapmak için bu bağlantıyı açın.',
    button: 'Giriş yap',
    note: 'Bağlantı bir kez çalışır ve {duration} geçerlidir. Siz istemediyseniz bu iletiyi yok sayabilirsiniz.',
  },
  verify: {
    subject: '{tenant} için e-posta adresinizi doğrulayın',
    intro: 'Lütfen bu e-posta adresini {tenant} için doğrulayın.',
    button: 'Adresi doğrula',
    note: 'Bağlantı bir kez çalışır ve {duration} geçerlidir. Orada hesabınız yoksa bir şey yapmanız gerekmez.',
  },
  reset: {
    subject: '{tenant} için yeni parola seçin',
    intro: '{tenant} hesabınız için yeni bir parola istendi.',
    button: 'Yeni parola seç',
    note: 'Bağlantı bir kez çalışır ve {duration} geçerlidir. Siz istemediyseniz bir şey yapmanız gerekmez: parolanız değişmez.',
  },
  unblock: {
    subject: '{tenant} hesabınıza girişler durduruldu',
    intro:
      '{tenant} hesabınıza giriş art arda birkaç kez başarısız oldu; bu nedenle o yerden girişler durduruldu. Bu sizseniz, bu bağlantıyla yeniden giriş yapabilirsiniz.',
    button: 'Engeli kaldır',
    note: 'Bağlantı bir kez çalışır ve {duration} geçerlidir. Bu siz değilseniz bir şey yapmanız gerekmez.',
  },
  enrollment: {
    subject: '{tenant} için ikinci bir giriş yöntemi ayarlayın',
    intro: 'Lütfen {tenant} için ikinci bir giriş yöntemi ayarlayın.',
    button: 'Ayarla',
    note: 'Bağlantı bir kez çalışır ve {duration} geçerlidir.',
  },
  invitation: {
    subject: '{inviter} sizi {organization} kuruluşuna davet ediyor',
    intro: '{inviter}, sizi {tenant} üzerindeki {organization} kuruluşuna katılmaya davet ediyor.',
    button: 'Daveti kabul et',
    note: 'Bağlantı bir kez çalışır ve {duration} geçerlidir.',
  },
  welcome: { subject: '{tenant}: hoş geldiniz', intro: '{tenant} hesabınız hazır.' },
  stolen: {
    subject: '{tenant} parolanız güvenli değil',
    intro:
      '{tenant} hesabınızın parolası başka bir siteden sızmış ve başkaları tarafından biliniyor olabilir. Lütfen burada ve kullandığınız diğer yerlerde yeni bir parola seçin.',
    button: '{tenant} sitesine git',
  },
  try: { subject: '{tenant} deneme iletisi', intro: '{tenant} iletileri size ulaşıyor.' },
};
