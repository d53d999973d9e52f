// What an e-mail address has to look like to be taken, wherever one is typed. Addresses are compared without regard to case
// everywhere, and kept in one.

const SHAPE = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@.<>()[\]\\,;:"]+(\.[^\s@.<>()[\]\\,;:"]+)+$/;
/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const LONGEST = 254;

/** The address as it is kept; undefined when it is none. */
export function readMailbox(text: string): string | undefined {
  return text.length <= LONGEST && SHAPE.test(text) ? text.toLowerCase() : undefined;
}
