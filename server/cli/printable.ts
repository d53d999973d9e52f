// Server, command line: words of strangers as a terminal may have them. Control characters would move its cursor or change its
// colours, and characters of direction would let a text look like another one.

/** One line of it: line breaks and tabs are spaces, everything else that steers is a question mark. */
export function printable(text: string): string {
  return text.replaceAll(/[\n\r\t]+/g, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** Its lines, each printable; a tab is two spaces. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '  ')));
}

/** JSON in one line, of the same value: what would steer a terminal is written as `\u…`. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) =>
    [...Array(sign.length).keys()].map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
