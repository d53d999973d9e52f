// Delivery, words of our mails: German.
import type { MailTexts } from './mail-text.ts';

export const de: MailTexts = {
  copy: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  code: {
    subject: 'Ihr Bestätigungscode für {tenant}',
    intro: 'Ihr Bestätigungscode für {tenant}:',
    note: 'Er ist {duration} gültig. Falls Sie ihn nicht angefordert haben, können Sie diese Nachricht ignorieren.',
  },
  'sign-in': {
    subject: 'Anmelden bei {tenant}',
    intro: 'Öffnen Sie diesen Link, um sich bei {tenant} anzumelden.',
    button: 'Anmelden',
    note: 'Er funktioniert einmal und ist {duration} gültig. Falls Sie ihn nicht angefordert haben, können Sie diese Nachricht ignorieren.',
  },
  verify: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse für {tenant}',
    intro: 'Bitte bestätigen Sie diese E-Mail-Adresse für {tenant}.',
    button: 'Adresse bestätigen',
    note: 'Der Link funktioniert einmal und ist {duration} gültig. Falls Sie dort kein Konto haben, müssen Sie nichts tun.',
  },
  reset: {
    subject: 'Neues Passwort für {tenant} wählen',
    intro: 'Jemand möchte ein neues Passwort für Ihr Konto bei {tenant} wählen.',
    button: 'Neues Passwort wählen',
    note: 'Der Link funktioniert einmal und ist {duration} gültig. Falls Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.',
  },
  unblock: {
    subject: 'Anmeldungen bei {tenant} wurden gestoppt',
    intro:
      'Die Anmeldung bei Ihrem Konto bei {tenant} ist mehrmals hintereinander fehlgeschlagen. Anmeldungen von dort wurden deshalb gestoppt. Falls Sie es waren, hebt dieser Link die Sperre auf.',
    button: 'Sperre aufheben',
    note: 'Der Link funktioniert einmal und ist {duration} gültig. Falls Sie es nicht waren, müssen Sie nichts tun.',
  },
  enrollment: {
    subject: 'Zweite Anmeldemethode für {tenant} einrichten',
    intro: 'Bitte richten Sie eine zweite Anmeldemethode für {tenant} ein.',
    button: 'Einrichten',
    note: 'Der Link funktioniert einmal und ist {duration} gültig.',
  },
  invitation: {
    subject: '{inviter} lädt Sie zu {organization} ein',
    intro: '{inviter} lädt Sie ein, {organization} bei {tenant} beizutreten.',
    button: 'Einladung annehmen',
    note: 'Der Link funktioniert einmal und ist {duration} gültig.',
  },
  welcome: { subject: 'Willkommen bei {tenant}', intro: 'Ihr Konto bei {tenant} ist bereit.' },
  stolen: {
    subject: 'Ihr Passwort für {tenant} ist nicht sicher',
    intro:
      'Das Passwort Ihres Kontos bei {tenant} ist bei einer anderen Website entwendet worden und könnte anderen bekannt sein. Bitte wählen Sie ein neues, auch überall sonst, wo Sie es verwenden.',
    button: 'Zu {tenant}',
  },
  try: { subject: 'Testnachricht von {tenant}', intro: 'E-Mails von {tenant} erreichen Sie.' },
};
