// Delivery, words of our mails: Hebrew.
import type { MailTexts } from './mail-text.ts';

export const he: MailTexts = {
  copy: 'אם הכפתור אינו פועל, פתחו את הכתובת הזאת:',
  code: {
    subject: 'קוד האימות שלכם עבור {tenant}',
    intro: 'קוד האימות שלכם עבור {tenant}:',
    note: 'הקוד תקף למשך {duration}. אם לא ביקשתם אותו, אפשר להתעלם מההודעה.',
  },
  'sign-in': {
    subject: 'כניסה אל {tenant}',
    intro: 'פתחו את הקישור הזה כדי להיכנס אל {tenant}.',
    button: 'כניסה',
    note: 'הקישור פועל פעם אחת ותקף למשך {duration}. אם לא ביקשתם אותו, אפשר להתעלם מההודעה.',
  },
  verify: {
    subject: 'אימות כתובת הדוא״ל שלכם עבור {tenant}',
    intro: 'אמתו את כתובת הדוא״ל הזאת עבור {tenant}.',
    button: 'אימות הכתובת',
    note: 'הקישור פועל פעם אחת ותקף למשך {duration}. אם אין לכם שם חשבון, אין צורך לעשות דבר.',
  },
  reset: {
    subject: 'בחירת סיסמה חדשה עבור {tenant}',
    intro: 'התקבלה בקשה לבחור סיסמה חדשה לחשבון שלכם ב-{tenant}.',
    button: 'בחירת סיסמה חדשה',
    note: 'הקישור פועל פעם אחת ותקף למשך {duration}. אם לא ביקשתם זאת, אין צורך לעשות דבר: הסיסמה שלכם אינה משתנה.',
  },
  unblock: {
    subject: 'הכניסות לחשבון שלכם ב-{tenant} נעצרו',
    intro:
      'הכניסה לחשבון שלכם ב-{tenant} נכשלה כמה פעמים ברצף, ולכן הכניסות מאותו מקום נעצרו. אם אלה אתם, הקישור הזה מאפשר לכם להיכנס שוב.',
    button: 'הסרת החסימה',
    note: 'הקישור פועל פעם אחת ותקף למשך {duration}. אם אלה לא אתם, אין צורך לעשות דבר.',
  },
  enrollment: {
    subject: 'הגדרת דרך כניסה שנייה אל {tenant}',
    intro: 'הגדירו דרך שנייה להיכנס אל {tenant}.',
    button: 'הגדרה',
    note: 'הקישור פועל פעם אחת ותקף למשך {duration}.',
  },
  invitation: {
    subject: 'הזמנה מאת {inviter} אל {organization}',
    intro: 'קיבלתם הזמנה מאת {inviter} להצטרף אל {organization} ב-{tenant}.',
    button: 'קבלת ההזמנה',
    note: 'הקישור פועל פעם אחת ותקף למשך {duration}.',
  },
  welcome: { subject: 'ברוכים הבאים אל {tenant}', intro: 'החשבון שלכם ב-{tenant} מוכן.' },
  stolen: {
    subject: 'הסיסמה שלכם עבור {tenant} אינה בטוחה',
    intro:
      'הסיסמה של החשבון שלכם ב-{tenant} דלפה מאתר אחר וייתכן שאחרים מכירים אותה. בחרו סיסמה חדשה, כאן ובכל מקום אחר שבו אתם משתמשים בה.',
    button: 'מעבר אל {tenant}',
  },
  try: { subject: 'הודעת ניסיון מאת {tenant}', intro: 'ההודעות של {tenant} מגיעות אליכם.' },
};
