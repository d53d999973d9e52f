// Delivery, words of our mails: Dutch.
import type { MailTexts } from './mail-text.ts';

export const nl: MailTexts = {
  copy: 'Werkt de knop niet, open dan dit adres:',
  code: {
    subject: 'Uw verificatiecode voor {tenant}',
    intro: 'Uw verificatiecode voor {tenant}:',
    note: 'De code is {duration} geldig. Hebt u er niet om gevraagd, dan kunt u dit bericht negeren.',
  },
  'sign-in': {
    subject: 'Inloggen bij {tenant}',
    intro: 'Open deze link om in te loggen bij {tenant}.',
    button: 'Inloggen',
    note: 'De link werkt één keer en is {duration} geldig. Hebt u er niet om gevraagd, dan kunt u dit bericht negeren.',
  },
  verify: {
    subject: 'Bevestig uw e-mailadres voor {tenant}',
    intro: 'Bevestig dit e-mailadres voor {tenant}.',
    button: 'Adres bevestigen',
    note: 'De link werkt één keer en is {duration} geldig. Hebt u daar geen account, dan hoeft u niets te doen.',
  },
  reset: {
    subject: 'Kies een nieuw wachtwoord voor {tenant}',
    intro: 'Iemand heeft gevraagd om een nieuw wachtwoord voor uw account bij {tenant}.',
    button: 'Nieuw wachtwoord kiezen',
    note: 'De link werkt één keer en is {duration} geldig. Was u dit niet, dan hoeft u niets te doen: uw wachtwoord blijft zoals het is.',
  },
  unblock: {
    subject: 'Inloggen op uw account bij {tenant} is gestopt',
    intro:
      'Het inloggen op uw account bij {tenant} is meerdere keren achter elkaar mislukt; daarom is inloggen vanaf die plek gestopt. Was u het zelf, dan kunt u met deze link weer inloggen.',
    button: 'Blokkering opheffen',
    note: 'De link werkt één keer en is {duration} geldig. Was u het niet, dan hoeft u niets te doen.',
  },
  enrollment: {
    subject: 'Stel een tweede inlogmethode in voor {tenant}',
    intro: 'Stel een tweede manier in om in te loggen bij {tenant}.',
    button: 'Instellen',
    note: 'De link werkt één keer en is {duration} geldig.',
  },
  invitation: {
    subject: '{inviter} nodigt u uit voor {organization}',
    intro: '{inviter} nodigt u uit om lid te worden van {organization} bij {tenant}.',
    button: 'Uitnodiging aannemen',
    note: 'De link werkt één keer en is {duration} geldig.',
  },
  welcome: { subject: 'Welkom bij {tenant}', intro: 'Uw account bij {tenant} staat klaar.' },
  stolen: {
    subject: 'Uw wachtwoord voor {tenant} is niet veilig',
    intro:
      'Het wachtwoord van uw account bij {tenant} is bij een andere site gelekt en anderen kennen het misschien. Kies een nieuw wachtwoord, hier en overal waar u het gebruikt.',
    button: 'Naar {tenant}',
  },
  try: { subject: 'Testbericht van {tenant}', intro: 'E-mails van {tenant} bereiken u.' },
};
