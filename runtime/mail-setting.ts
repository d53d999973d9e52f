// What a mail of ours is told beside whom it is for.
import type { MessagePlace } from '#storage/records.ts';

/** The language of a mail, and where its cause happened. */
export type MailSetting = { locale: string; place?: MessagePlace };
