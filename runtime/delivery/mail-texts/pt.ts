// Delivery, words of our mails: Portuguese.
import type { MailTexts } from './mail-text.ts';

export const pt: MailTexts = {
  copy: 'Se o botão não funcionar, abra este endereço:',
  code: {
    subject: 'O seu código de verificação para {tenant}',
    intro: 'O seu código de verificação para {tenant}:',
    note: 'É válido por {duration}. Se não o pediu, pode ignorar esta mensagem.',
  },
  'sign-in': {
    subject: 'Entrar em {tenant}',
    intro: 'Abra este link para entrar em {tenant}.',
    button: 'Entrar',
    note: 'Funciona uma única vez e é válido por {duration}. Se não o pediu, pode ignorar esta mensagem.',
  },
  verify: {
    subject: 'Confirme o seu e-mail para {tenant}',
    intro: 'Confirme este endereço de e-mail para {tenant}.',
    button: 'Confirmar endereço',
    note: 'O link funciona uma única vez e é válido por {duration}. Se não tem uma conta, não precisa de fazer nada.',
  },
  reset: {
    subject: 'Escolha uma nova senha para {tenant}',
    intro: 'Alguém pediu uma nova senha para a sua conta em {tenant}.',
    button: 'Escolher uma nova senha',
    note: 'O link funciona uma única vez e é válido por {duration}. Se não foi você, não precisa de fazer nada: a sua senha não muda.',
  },
  unblock: {
    subject: 'Os acessos à sua conta em {tenant} foram suspensos',
    intro:
      'O acesso à sua conta em {tenant} falhou várias vezes seguidas, por isso os acessos a partir desse local foram suspensos. Se foi você, este link permite-lhe entrar novamente.',
    button: 'Remover o bloqueio',
    note: 'O link funciona uma única vez e é válido por {duration}. Se não foi você, não precisa de fazer nada.',
  },
  enrollment: {
    subject: 'Configure uma segunda forma de entrar em {tenant}',
    intro: 'Configure uma segunda forma de entrar em {tenant}.',
    button: 'Configurar',
    note: 'O link funciona uma única vez e é válido por {duration}.',
  },
  invitation: {
    subject: '{inviter} convida você para {organization}',
    intro: '{inviter} convida você a participar de {organization} em {tenant}.',
    button: 'Aceitar o convite',
    note: 'O link funciona uma única vez e é válido por {duration}.',
  },
  welcome: { subject: 'Boas-vindas a {tenant}', intro: 'A sua conta em {tenant} está pronta.' },
  stolen: {
    subject: 'A sua senha de {tenant} não é segura',
    intro:
      'A senha da sua conta em {tenant} vazou de outro site e outras pessoas podem conhecê-la. Escolha uma nova, aqui e em todos os lugares onde a usa.',
    button: 'Ir para {tenant}',
  },
  try: { subject: 'Mensagem de teste de {tenant}', intro: 'Os e-mails de {tenant} chegam até você.' },
};
