// Delivery, words of our mails: Spanish.
import type { MailTexts } from './mail-text.ts';

export const es: MailTexts = {
  copy: 'Si el botón no funciona, abra esta dirección:',
  code: {
    subject: 'Su código de verificación de {tenant}',
    intro: 'Su código de verificación de {tenant}:',
    note: 'Es válido durante {duration}. Si no lo ha solicitado, puede ignorar este mensaje.',
  },
  'sign-in': {
    subject: 'Inicie sesión en {tenant}',
    intro: 'Abra este enlace para iniciar sesión en {tenant}.',
    button: 'Iniciar sesión',
    note: 'Funciona una sola vez y es válido durante {duration}. Si no lo ha solicitado, puede ignorar este mensaje.',
  },
  verify: {
    subject: 'Verifique su correo electrónico para {tenant}',
    intro: 'Verifique esta dirección de correo electrónico para {tenant}.',
    button: 'Verificar la dirección',
    note: 'El enlace funciona una sola vez y es válido durante {duration}. Si no tiene una cuenta allí, no tiene que hacer nada.',
  },
  reset: {
    subject: 'Elija una nueva contraseña para {tenant}',
    intro: 'Alguien ha pedido elegir una nueva contraseña para su cuenta en {tenant}.',
    button: 'Elegir una nueva contraseña',
    note: 'El enlace funciona una sola vez y es válido durante {duration}. Si no ha sido usted, no tiene que hacer nada: su contraseña no cambia.',
  },
  unblock: {
    subject: 'Se han detenido los inicios de sesión en {tenant}',
    intro:
      'El inicio de sesión en su cuenta de {tenant} ha fallado varias veces seguidas, por lo que se han detenido los intentos desde ese lugar. Si ha sido usted, este enlace le permite volver a entrar.',
    button: 'Quitar el bloqueo',
    note: 'El enlace funciona una sola vez y es válido durante {duration}. Si no ha sido usted, no tiene que hacer nada.',
  },
  enrollment: {
    subject: 'Configure un segundo método para entrar en {tenant}',
    intro: 'Configure un segundo método de inicio de sesión en {tenant}.',
    button: 'Configurar',
    note: 'El enlace funciona una sola vez y es válido durante {duration}.',
  },
  invitation: {
    subject: '{inviter} le invita a {organization}',
    intro: '{inviter} le invita a unirse a {organization} en {tenant}.',
    button: 'Aceptar la invitación',
    note: 'El enlace funciona una sola vez y es válido durante {duration}.',
  },
  welcome: { subject: 'Le damos la bienvenida a {tenant}', intro: 'Su cuenta en {tenant} está lista.' },
  stolen: {
    subject: 'Su contraseña de {tenant} no es segura',
    intro:
      'La contraseña de su cuenta en {tenant} se ha filtrado desde otro sitio y otras personas podrían conocerla. Elija una nueva, aquí y en cualquier otro lugar donde la use.',
    button: 'Ir a {tenant}',
  },
  try: { subject: 'Mensaje de prueba de {tenant}', intro: 'Los correos de {tenant} le llegan.' },
};
