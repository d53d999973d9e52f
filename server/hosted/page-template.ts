// Server, hosted pages: a tenant's page template, in Liquid, with our form in its middle. It is a document of the tenant's
// own: what it shows of names is escaped, the browser runs none of its scripts, and it takes no more time and room than a
// page may. What does not hold to that is refused when it is saved, and at a page it gives way to our own frame.
import { createHash } from 'node:crypto';
import { Context, type Liquid, type Template, toValueSync } from 'liquidjs';
import { boundedLiquid, TEMPLATE_LIMIT } from '#runtime/bounded-liquid.ts';

/** Where our parts go: the tags of the vendor's templates. */
const TAGS = { head: /\{%-?\s*auth0:head\s*-?%\}/g, widget: /\{%-?\s*auth0:widget\s*-?%\}/g } as const;
/** What Liquid puts there, for us to find again. */
const MARKS = { head: '<page-head></page-head>', widget: '<page-widget></page-widget>' } as const;
type Slot = keyof typeof MARKS;
const SLOTS: readonly Slot[] = ['head', 'widget'];

/** Characters of a page without our parts, and pieces that it is put together from. */
const OUTPUT_LIMIT = 250_000;
const PIECE_LIMIT = 20_000;
/** A template that cannot be used; the message is for its author. */
export class TemplateFault extends Error {}

export type Framed = {
  /** The whole page. */
  text: string;
  /** Hashes of the template's inline stylesheets, as a content security policy has them. */
  styles: string[];
};

/** A template that was read once. */
export type Compiled = readonly Template[];

const engine = createEngine();

function createEngine(): Liquid {
  const liquid = boundedLiquid({ outputEscape: 'escape' });
  for (const slot of SLOTS) {
    liquid.registerTag(`page_${slot}`, { render: () => MARKS[slot] });
  }
  return liquid;
}

/** @throws TemplateFault */
export function compile(source: string): Compiled {
  if (source.length > TEMPLATE_LIMIT) {
    throw new TemplateFault(`The template is longer than ${TEMPLATE_LIMIT} characters.`);
  }
  for (const slot of SLOTS) {
    const times = source.match(TAGS[slot])?.length ?? 0;
    if (times !== 1) throw new TemplateFault(`The template must contain {%- auth0:${slot} -%} once.`);
  }
  const known = SLOTS.reduce(
    (text, slot) => text.replace(TAGS[slot], (tag) => tag.replace(`auth0:${slot}`, `page_${slot}`)),
    source,
  );
  return attempt(() => engine.parse(known));
}

/**
 * The page, with our parts in their places.
 * @param scope what the template may ask about; none of it is markup.
 * @throws TemplateFault
 */
export function render(
  compiled: Compiled,
  scope: Record<string, unknown>,
  parts: Record<Slot, string>,
  html: { language: string; direction: string },
): Framed {
  const emitter = createEmitter();
  const context = new Context(scope, engine.options, { sync: true });
  attempt(() => toValueSync(engine.renderer.renderTemplates([...compiled], context, emitter)));
  // A browser reads a break of either kind as one, and hashes stylesheets after that (HTML §13.2.3.5).
  const own = emitter.buffer.replaceAll(/\r\n?/g, '\n');
  const { styles, plain } = takeApart(own);
  for (const slot of SLOTS) {
    if (own.split(MARKS[slot]).length !== 2 || !plain.includes(MARKS[slot])) {
      throw new TemplateFault(`The page does not show {%- auth0:${slot} -%} once, in plain sight.`);
    }
  }
  const [first = '', rest = ''] = own.split(MARKS.head);
  const filled = [first, parts.head, rest].join('').split(MARKS.widget).join(parts.widget);
  return { text: inLanguage(filled, html), styles: styles.map(hash) };
}

function createEmitter() {
  let pieces = 0;
  const emitter = {
    buffer: '',
    write(piece: unknown) {
      emitter.buffer += typeof piece === 'string' ? piece : String(piece ?? '');
      pieces += 1;
      if (emitter.buffer.length > OUTPUT_LIMIT || pieces > PIECE_LIMIT) {
        throw new TemplateFault(`The page is longer than ${OUTPUT_LIMIT} characters.`);
      }
    },
  };
  return emitter;
}

/** Whatever Liquid does not like, and a template so deeply nested that its reader gives up, is the author's business. */
function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (fault) {
    const [line = ''] = fault instanceof Error ? fault.message.split('\n') : [];
    throw new TemplateFault(line.slice(0, 300) || 'The template cannot be read.');
  }
}

/** Elements whose text is not on the page, and comments. The bound keeps a search for `>` short. */
const HIDING =
  /<(?:(!)--|(style|script|template|noscript|textarea|title|xmp|iframe|noembed|noframes)\b[^>]{0,1000}>)/gi;

/** What stands on the page in plain sight, and the texts of its stylesheets. In one pass, whatever the text is. */
function takeApart(page: string): { plain: string; styles: string[] } {
  const styles: string[] = [];
  let plain = '';
  let from = 0;
  HIDING.lastIndex = 0;
  for (let found = HIDING.exec(page); found; found = HIDING.exec(page)) {
    const [opening, comment, name = ''] = found;
    plain += page.slice(from, found.index);
    const begin = found.index + opening.length;
    from = endOf(page, begin, comment ? '-->' : `</${name}`);
    if (name.toLowerCase() === 'style') styles.push(page.slice(begin, from));
    HIDING.lastIndex = from;
  }
  return { plain: plain + page.slice(from), styles };
}

/** Whether what follows a piece of markup would be seen: nothing in it is left open that hides the rest. */
export function endsInPlainSight(piece: string): boolean {
  const mark = MARKS.widget;
  return takeApart(`${piece}${mark}`).plain.endsWith(mark) && piece.lastIndexOf('<') <= piece.lastIndexOf('>');
}

/** Where a closing begins, in whatever letters; what is never closed hides all that follows from a browser. */
function endOf(page: string, begin: number, closing: string): number {
  // Lower case of a whole page would have other places: that of "İ" is two characters long.
  const found = new RegExp(closing, 'gi');
  found.lastIndex = begin;
  return found.exec(page)?.index ?? page.length;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64');

/** The language of the page is ours to say: what reads it aloud goes by it. */
function inLanguage(page: string, { language, direction }: { language: string; direction: string }): string {
  const own = `lang="${language}" dir="${direction}"`;
  const tag = /<html\b([^>]{0,1000})>/i.exec(page);
  if (!tag) return `<!doctype html><html ${own}>${page}`;
  const others = (tag[1] ?? '').replaceAll(/\s(?:lang|dir)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)/gi, '');
  return `${page.slice(0, tag.index)}<html ${own}${others}>${page.slice(tag.index + tag[0].length)}`;
}
