// What an e-mail address has to look like to be taken, wherever one is typed. Addresses are compared without regard to case
// everywhere, and kept in one.

/** No sign that separates addresses, or ends one, wherever a list of them is read. */
export const MAILBOX_SHAPE = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@.<>()[\]\\,;:"]+(\.[^\s@.<>()[\]\\,;:"]+)+$/;
/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const LONGEST = 254;

/** The address as it is kept; undefined when it is none. */
export function readMailbox(text: string): string | undefined {
  return text.length <= LONGEST && MAILBOX_SHAPE.test(text) ? text.toLowerCase() : undefined;
}
