// Delivery: Liquid as tenants write it in templates of messages. It reads what it is given and nothing else, includes no
// files, and takes no more time and room than a message may; what does not parse is refused when it is saved, with its
// place.
import { type Context, defaultOperators, type Emitter, Liquid, LiquidError, toValueSync } from 'liquidjs';

/** Characters of a template, and of what becomes of it. */
export const MESSAGE_TEMPLATE_LIMIT = 100_000;
/** Liquid's own count of what filters and ranges make, and ours of what tags show and keep. */
const MEMORY_LIMIT = 1_000_000;
/** Looked at before each tag, filter and comparison. */
const TIME_LIMIT_MS = 250;
/** What an entry of a list counts that a filter works through: looking into each takes some microseconds. */
const ENTRY_COST = 16;

/** A template that cannot be used. The message is for its author: one line, with line and column where it has them. */
export class LiquidFault extends Error {
  override name = 'LiquidFault';
}

/** Comparisons that look at the clock: one tag has room for thousands of them, of long lists. */
export const TIMED_OPERATORS = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operate]) => [
    name,
    // Of two operands or, as `not`, of one; the last argument is the context.
    (one: unknown, ...more: [unknown, Context] | [Context]) => {
      inTime(more.at(-1) as Context);
      return (operate as (...given: unknown[]) => ReturnType<typeof operate>)(one, ...more);
    },
  ]),
);

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
    operators: TIMED_OPERATORS,
    templates: {},
  });
  // There is one file. A tag for another one is a mistake that its author hears of at once.
  for (const name of ['include', 'render', 'layout', 'block']) delete liquid.tags[name];
  timeFilters(liquid);
  const { renderer } = liquid;
  const render = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = (templates, context, emitter = createEmitter(context)) =>
    render(templates, context, emitter);
  return liquid;
}

/** Has the filters of an engine look at the clock, as tags do by themselves, and count the entries that they work through. */
export function timeFilters({ filters }: Pick<Liquid, 'filters'>): void {
  for (const [name, filter] of Object.entries(filters)) {
    // An expression for each entry of a list: no clock is looked at meanwhile.
    if (name.endsWith('_exp')) delete filters[name];
    else if (typeof filter === 'function') {
      filters[name] = function (value: unknown, ...more: unknown[]) {
        inTime(this.context);
        if (Array.isArray(value)) this.context.memoryLimit.use(value.length * ENTRY_COST);
        return filter.call(this, value, ...more);
      };
    }
  }
}

function inTime({ renderLimit }: Context): void {
  renderLimit.check(performance.now());
}

/** Liquid counts what filters make, and not what stands in the template or is shown again and again. */
function createEmitter({ memoryLimit }: Context): Emitter {
  return {
    buffer: '',
    write(value) {
      const shown = textOf(value);
      memoryLimit.use(shown.length);
      this.buffer += shown;
    },
  };
}

function textOf(value: unknown): string {
  const plain: unknown = toValueSync(value);
  return Array.isArray(plain) ? plain.map(textOf).join('') : String(plain ?? '');
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
