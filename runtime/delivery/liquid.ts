// Delivery: templates of messages. What does not parse is refused when it is saved, with its place; what is shown of
// values is counted, and escaped where the message is markup.
import { type Context, type Emitter, type Liquid, LiquidError, toValueSync } from 'liquidjs';
import { boundedLiquid, TEMPLATE_LIMIT } from '../bounded-liquid.ts';

/** Characters of a template, and of what becomes of it. */
export const MESSAGE_TEMPLATE_LIMIT = TEMPLATE_LIMIT;

/** A template that cannot be used. The message is for its author: one line, with line and column where it has them. */
export class LiquidFault extends Error {
  override name = 'LiquidFault';
}

const text = createEngine(false);
const markup = createEngine(true);

function createEngine(escapes: boolean): Liquid {
  // Once: authors who are used to engines that escape nothing write `| escape` themselves.
  const liquid = boundedLiquid(escapes ? { outputEscape: escapeOnce } : {});
  const { renderer } = liquid;
  const render = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = (templates, context, emitter = createEmitter(context)) =>
    render(templates, context, emitter);
  return liquid;
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
