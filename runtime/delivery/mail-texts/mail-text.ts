// Delivery, words of our mails: what each language has to say. `{tenant}` and the like stand for names, `{duration}` for how
// long a code or link is good, in the language's own way of counting.

export type MailTopic =
  | 'code'
  | 'sign-in'
  | 'verify'
  | 'reset'
  | 'unblock'
  | 'enrollment'
  | 'invitation'
  | 'welcome'
  | 'stolen'
  | 'try';

/** `intro` stands before the code or the button, `note` after it. */
export type MailText = { subject: string; intro: string; button?: string; note?: string };

/** `copy`: leads to the link for those whose mail program shows no button. */
export type MailTexts = { [Topic in MailTopic]: MailText } & { copy: string };
