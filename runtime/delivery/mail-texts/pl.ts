// Delivery, words of our mails: Polish.
import type { MailTexts } from './mail-text.ts';

export const pl: MailTexts = {
  copy: 'Jeśli przycisk nie działa, otwórz ten adres:',
  code: {
    subject: 'Kod weryfikacyjny do {tenant}',
    intro: 'Twój kod weryfikacyjny do {tenant}:',
    note: 'Jest ważny przez {duration}. Jeśli nie prosisz o kod, zignoruj tę wiadomość.',
  },
  'sign-in': {
    subject: 'Logowanie do {tenant}',
    intro: 'Otwórz ten link, aby zalogować się do {tenant}.',
    button: 'Zaloguj się',
    note: 'Link działa jeden raz i jest ważny przez {duration}. Jeśli to nie Twoja prośba, zignoruj tę wiadomość.',
  },
  verify: {
    subject: 'Potwierdź adres e-mail w {tenant}',
    intro: 'Potwierdź ten adres e-mail w {tenant}.',
    button: 'Potwierdź adres',
    note: 'Link działa jeden raz i jest ważny przez {duration}. Jeśli nie masz tam konta, nie musisz nic robić.',
  },
  reset: {
    subject: 'Ustaw nowe hasło do {tenant}',
    intro: 'Otrzymaliśmy prośbę o nowe hasło do Twojego konta w {tenant}.',
    button: 'Ustaw nowe hasło',
    note: 'Link działa jeden raz i jest ważny przez {duration}. Jeśli to nie Twoja prośba, nie musisz nic robić: hasło się nie zmieni.',
  },
  unblock: {
    subject: 'Logowanie do konta w {tenant} zostało wstrzymane',
    intro:
      'Logowanie do Twojego konta w {tenant} kilka razy z rzędu się nie powiodło, dlatego logowanie z tego miejsca zostało wstrzymane. Jeśli to Ty, ten link pozwoli Ci zalogować się ponownie.',
    button: 'Zdejmij blokadę',
    note: 'Link działa jeden raz i jest ważny przez {duration}. Jeśli to nie Ty, nie musisz nic robić.',
  },
  enrollment: {
    subject: 'Skonfiguruj drugi sposób logowania do {tenant}',
    intro: 'Skonfiguruj drugi sposób logowania do {tenant}.',
    button: 'Skonfiguruj',
    note: 'Link działa jeden raz i jest ważny przez {duration}.',
  },
  invitation: {
    subject: '{inviter} zaprasza do {organization}',
    intro: '{inviter} zaprasza Cię do {organization} w {tenant}.',
    button: 'Przyjmij zaproszenie',
    note: 'Link działa jeden raz i jest ważny przez {duration}.',
  },
  welcome: { subject: 'Witamy w {tenant}', intro: 'Twoje konto w {tenant} jest gotowe.' },
  stolen: {
    subject: 'Twoje hasło do {tenant} nie jest bezpieczne',
    intro:
      'Hasło do Twojego konta w {tenant} wyciekło z innej witryny i inni mogą je znać. Ustaw nowe hasło, tutaj i wszędzie, gdzie go używasz.',
    button: 'Przejdź do {tenant}',
  },
  try: { subject: 'Wiadomość testowa od {tenant}', intro: 'Wiadomości od {tenant} docierają do Ciebie.' },
};
