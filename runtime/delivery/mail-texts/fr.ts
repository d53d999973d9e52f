// Delivery, words of our mails: French.
import type { MailTexts } from './mail-text.ts';

export const fr: MailTexts = {
  copy: 'Si le bouton ne fonctionne pas, ouvrez cette adresse :',
  code: {
    subject: 'Votre code de vérification pour {tenant}',
    intro: 'Votre code de vérification pour {tenant} :',
    note: 'Il est valable {duration}. Si vous ne l’avez pas demandé, vous pouvez ignorer ce message.',
  },
  'sign-in': {
    subject: 'Connexion à {tenant}',
    intro: 'Ouvrez ce lien pour vous connecter à {tenant}.',
    button: 'Se connecter',
    note: 'Il fonctionne une seule fois et est valable {duration}. Si vous ne l’avez pas demandé, vous pouvez ignorer ce message.',
  },
  verify: {
    subject: 'Vérifiez votre adresse e-mail pour {tenant}',
    intro: 'Veuillez vérifier cette adresse e-mail pour {tenant}.',
    button: 'Vérifier l’adresse',
    note: 'Le lien fonctionne une seule fois et est valable {duration}. Si vous n’y avez pas de compte, vous n’avez rien à faire.',
  },
  reset: {
    subject: 'Choisissez un nouveau mot de passe pour {tenant}',
    intro: 'Quelqu’un a demandé un nouveau mot de passe pour votre compte {tenant}.',
    button: 'Choisir un nouveau mot de passe',
    note: 'Le lien fonctionne une seule fois et est valable {duration}. Si ce n’était pas vous, vous n’avez rien à faire : votre mot de passe ne change pas.',
  },
  unblock: {
    subject: 'Les connexions à votre compte {tenant} ont été arrêtées',
    intro:
      'La connexion à votre compte {tenant} a échoué plusieurs fois de suite ; les connexions depuis cet endroit ont donc été arrêtées. Si c’était vous, ce lien vous permet de vous connecter à nouveau.',
    button: 'Lever le blocage',
    note: 'Le lien fonctionne une seule fois et est valable {duration}. Si ce n’était pas vous, vous n’avez rien à faire.',
  },
  enrollment: {
    subject: 'Configurez un second moyen de connexion à {tenant}',
    intro: 'Veuillez configurer un second moyen de connexion à {tenant}.',
    button: 'Configurer',
    note: 'Le lien fonctionne une seule fois et est valable {duration}.',
  },
  invitation: {
    subject: '{inviter} vous invite à rejoindre {organization}',
    intro: '{inviter} vous invite à rejoindre {organization} chez {tenant}.',
    button: 'Accepter l’invitation',
    note: 'Le lien fonctionne une seule fois et est valable {duration}.',
  },
  welcome: { subject: 'Bienvenue chez {tenant}', intro: 'Votre compte {tenant} est prêt.' },
  stolen: {
    subject: 'Votre mot de passe pour {tenant} n’est pas sûr',
    intro:
      'Le mot de passe de votre compte {tenant} a été divulgué par un autre site et d’autres personnes le connaissent peut-être. Veuillez en choisir un nouveau, ici et partout où vous l’utilisez.',
    button: 'Aller sur {tenant}',
  },
  try: { subject: 'Message de test de {tenant}', intro: 'Les e-mails de {tenant} vous parviennent.' },
};
