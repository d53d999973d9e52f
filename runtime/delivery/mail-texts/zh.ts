// Delivery, words of our mails: Chinese.
import type { MailTexts } from './mail-text.ts';

export const zh: MailTexts = {
  copy: '如果按钮无法使用，请打开以下地址：',
  code: {
    subject: '您的 {tenant} 验证码',
    intro: '您的 {tenant} 验证码：',
    note: '有效期为 {duration}。如果不是您本人请求的，请忽略此邮件。',
  },
  'sign-in': {
    subject: '登录 {tenant}',
    intro: '打开此链接即可登录 {tenant}。',
    button: '登录',
    note: '链接只能使用一次，有效期为 {duration}。如果不是您本人请求的，请忽略此邮件。',
  },
  verify: {
    subject: '验证您在 {tenant} 的邮箱地址',
    intro: '请为 {tenant} 验证此邮箱地址。',
    button: '验证地址',
    note: '链接只能使用一次，有效期为 {duration}。如果您没有该账户，则无需任何操作。',
  },
  reset: {
    subject: '为 {tenant} 设置新密码',
    intro: '有人请求为您在 {tenant} 的账户设置新密码。',
    button: '设置新密码',
    note: '链接只能使用一次，有效期为 {duration}。如果不是您本人请求的，则无需任何操作，您的密码不会改变。',
  },
  unblock: {
    subject: '您在 {tenant} 的账户登录已被阻止',
    intro: '您在 {tenant} 的账户连续多次登录失败，因此来自该位置的登录已被阻止。如果是您本人，可以通过此链接重新登录。',
    button: '解除阻止',
    note: '链接只能使用一次，有效期为 {duration}。如果不是您本人，则无需任何操作。',
  },
  enrollment: {
    subject: '为 {tenant} 设置第二种登录方式',
    intro: '请为 {tenant} 设置第二种登录方式。',
    button: '开始设置',
    note: '链接只能使用一次，有效期为 {duration}。',
  },
  invitation: {
    subject: '{inviter} 邀请您加入 {organization}',
    intro: '{inviter} 邀请您加入 {tenant} 的 {organization}。',
    button: '接受邀请',
    note: '链接只能使用一次，有效期为 {duration}。',
  },
  welcome: { subject: '欢迎使用 {tenant}', intro: '您的 {tenant} 账户已准备就绪。' },
  stolen: {
    subject: '您的 {tenant} 密码不安全',
    intro: '您在 {tenant} 的账户密码已从其他网站泄露，可能已被他人知晓。请在这里以及使用该密码的其他地方设置新密码。',
    button: '前往 {tenant}',
  },
  try: { subject: '{tenant} 的测试邮件', intro: '您可以收到 {tenant} 的邮件。' },
};
