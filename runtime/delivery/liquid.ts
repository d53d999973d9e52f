// Delivery: Liquid as tenants write it in templates of messages. It reads what it is given and nothing else, includes no
// files, and takes no more time and room than a message may; what does not parse is refused when it is saved, with its
// place.
import { Liquid, LiquidError } from 'liquidjs';

/** Characters of a template, and of what becomes of it. */
export const MESSAGE_TEMPLATE_LIMIT = 100_000;
/** Liquid's own count of what filters and ranges make. */
const MEMORY_LIMIT = 1_000_000;
/** For loops that show nothing. */
const TIME_LIMIT_MS = 250;

/** A template that cannot be used. The message is for its author: one line, with line and column where it has them. */
export class LiquidFault extends Error {
  override name = 'LiquidFault';
}

const text = createEngine(false);
const markup = createEngine(true);

function createEngine(escapes: boolean): Liquid {
  const liquid = new Liquid({
    // Once: authors who are used to engines that escape nothing write `| escape` themselves.
    ...(escapes ? { outputEscape: escapeOnce } : {}),
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: 2 * MESSAGE_TEMPLATE_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    renderLimit: TIME_LIMIT_MS,
    templates: {},
  });
  // There is one file. A tag for another one is a mistake that its author hears of at once.
  for (const name of ['include', 'render', 'layout', 'block']) delete liquid.tags[name];
  return liquid;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeOnce(value: unknown): string {
  const shown = Array.isArray(value) ? value.join('') : String(value ?? '');
  return shown.replaceAll(/&(?!(?:amp|lt|gt|quot|#39|#34);)|[<>"']/g, (mark) => ENTITIES[mark] ?? '');
}

/** Refuses what does not parse. @throws LiquidFault */
export function checkLiquid(template: string): void {
  if (template.length > MESSAGE_TEMPLATE_LIMIT) {
    throw new LiquidFault(`The template is longer than ${MESSAGE_TEMPLATE_LIMIT} characters.`);
  }
  try {
    text.parse(template);
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * @param into `markup`: what the template shows of `scope` is escaped for HTML.
 * @throws LiquidFault
 */
export function renderLiquid(template: string, scope: object, into: 'text' | 'markup'): string {
  checkLiquid(template);
  try {
    return String((into === 'markup' ? markup : text).parseAndRenderSync(template, scope)).slice(
      0,
      MESSAGE_TEMPLATE_LIMIT,
    );
  } catch (error) {
    throw faultOf(error);
  }
}

/** LiquidJS appends `, line:L, col:C` to what it found, and lines of context behind it. */
function faultOf(error: unknown): LiquidFault {
  if (error instanceof LiquidFault) return error;
  const [line = 'The template cannot be read.'] = (LiquidError.is(error) ? error.message : String(error)).split('\n');
  return new LiquidFault(line);
}
