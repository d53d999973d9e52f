// Delivery, words of our mails: Italian.
import type { MailTexts } from './mail-text.ts';

export const it: MailTexts = {
  copy: 'Se il pulsante non funziona, apri questo indirizzo:',
  code: {
    subject: 'Il tuo codice di verifica per {tenant}',
    intro: 'Il tuo codice di verifica per {tenant}:',
    note: 'È valido per {duration}. Se non l’hai richiesto, puoi ignorare questo messaggio.',
  },
  'sign-in': {
    subject: 'Accedi a {tenant}',
    intro: 'Apri questo link per accedere a {tenant}.',
    button: 'Accedi',
    note: 'Funziona una sola volta ed è valido per {duration}. Se non l’hai richiesto, puoi ignorare questo messaggio.',
  },
  verify: {
    subject: 'Verifica il tuo indirizzo e-mail per {tenant}',
    intro: 'Verifica questo indirizzo e-mail per {tenant}.',
    button: 'Verifica l’indirizzo',
    note: 'Il link funziona una sola volta ed è valido per {duration}. Se non hai un account, non devi fare nulla.',
  },
  reset: {
    subject: 'Scegli una nuova password per {tenant}',
    intro: 'Qualcuno ha chiesto di scegliere una nuova password per il tuo account su {tenant}.',
    button: 'Scegli una nuova password',
    note: 'Il link funziona una sola volta ed è valido per {duration}. Se non sei stato tu, non devi fare nulla: la tua password non cambia.',
  },
  unblock: {
    subject: 'Gli accessi al tuo account su {tenant} sono stati bloccati',
    intro:
      'L’accesso al tuo account su {tenant} non è riuscito più volte di seguito, perciò gli accessi da quel luogo sono stati bloccati. Se sei stato tu, questo link ti permette di accedere di nuovo.',
    button: 'Rimuovi il blocco',
    note: 'Il link funziona una sola volta ed è valido per {duration}. Se non sei stato tu, non devi fare nulla.',
  },
  enrollment: {
    subject: 'Configura un secondo metodo di accesso a {tenant}',
    intro: 'Configura un secondo metodo di accesso a {tenant}.',
    button: 'Configura',
    note: 'Il link funziona una sola volta ed è valido per {duration}.',
  },
  invitation: {
    subject: '{inviter} ti invita in {organization}',
    intro: '{inviter} ti invita a unirti a {organization} su {tenant}.',
    button: 'Accetta l’invito',
    note: 'Il link funziona una sola volta ed è valido per {duration}.',
  },
  welcome: { subject: 'Ti diamo il benvenuto su {tenant}', intro: 'Il tuo account su {tenant} è pronto.' },
  stolen: {
    subject: 'La tua password per {tenant} non è sicura',
    intro:
      'La password del tuo account su {tenant} è stata divulgata da un altro sito e altri potrebbero conoscerla. Scegline una nuova, qui e ovunque la usi.',
    button: 'Vai a {tenant}',
  },
  try: { subject: 'Messaggio di prova di {tenant}', intro: 'Le e-mail di {tenant} ti arrivano.' },
};
