// Delivery: the plain text of a mail whose author wrote HTML alone, for programs and people that show no HTML, and for
// filters that distrust a mail without it. Good enough to read; one pass, whatever the HTML is.

/** What separates lines where it stands. */
const BLOCKS = /^(p|div|br|tr|table|h[1-6]|li|ul|ol|hr|section|header|footer|article|blockquote|pre)$/;
/** What is not for reading. */
const HIDDEN = /^(head|style|script|title|template)$/;

export function plainOf(html: string): string {
  let text = '';
  let hidden: string | undefined;
  let link: string | undefined;
  let from = 0;
  for (const { index, whole, name, isEnd, attributes } of tags(html)) {
    if (hidden === undefined) text += decode(html.slice(from, index).replaceAll(/\s+/g, ' '));
    from = index + whole;
    if (hidden !== undefined) {
      if (isEnd && name === hidden) hidden = undefined;
    } else if (HIDDEN.test(name) && !isEnd) hidden = name;
    else if (BLOCKS.test(name)) text += '\n';
    else if (name === 'a' && !isEnd) link = decode(hrefIn(attributes));
    else if (name === 'a' && link !== undefined) {
      if (link !== '' && !text.trimEnd().endsWith(link)) text += ` ${link} `;
      link = undefined;
    }
  }
  if (hidden === undefined) text += decode(html.slice(from).replaceAll(/\s+/g, ' '));
  const lines = text.split('\n').map((line) => line.replaceAll(/[^\S\n]+/g, ' ').trim());
  return `${lines
    .filter((line, at) => line !== '' || lines[at - 1] !== '')
    .join('\n')
    .trim()}\n`;
}

type Tag = { index: number; whole: number; name: string; isEnd: boolean; attributes: string };

function* tags(html: string): Generator<Tag> {
  let at = html.indexOf('<');
  while (at !== -1) {
    const isComment = html.startsWith('<!--', at);
    const end = html.indexOf(isComment ? '-->' : '>', at);
    if (end === -1) return;
    const whole = end + (isComment ? 3 : 1) - at;
    const [, slash, name = ''] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(html.slice(at, at + 40)) ?? [];
    if (isComment || name !== '' || html[at + 1] === '!') {
      const attributes = isComment ? '' : html.slice(at + 1 + name.length, end);
      yield { index: at, whole, name: name.toLowerCase(), isEnd: slash === '/', attributes };
      at = html.indexOf('<', at + whole);
    } else at = html.indexOf('<', at + 1);
  }
}

function hrefIn(attributes: string): string {
  const [, double, single, bare] = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes) ?? [];
  return (double ?? single ?? bare ?? '').trim();
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decode(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name.toLowerCase()] ?? whole;
    const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return point > 0x1f && point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });
}
