// Delivery: templates of syntax `md_with_macros`, as connections of the wire have them: `Your code is @@password@@`. A macro
// names a value by its path; there are no conditions and no loops, and braces are braces. A name that nobody knows shows
// nothing, as in Liquid.
import { LiquidFault, MESSAGE_TEMPLATE_LIMIT } from './liquid.ts';

const MACRO = /@@([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)@@/g;

/** Refuses a macro that is not closed, or whose name is none. @throws LiquidFault, with line and column. */
export function checkMacros(template: string): void {
  if (template.length > MESSAGE_TEMPLATE_LIMIT) {
    throw new LiquidFault(`The template is longer than ${MESSAGE_TEMPLATE_LIMIT} characters.`);
  }
  const at = template.replaceAll(MACRO, (macro) => ' '.repeat(macro.length)).indexOf('@@');
  if (at === -1) return;
  const before = template.slice(0, at).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  throw new LiquidFault(`a macro is written @@name@@, and this one is not, line:${before.length}, col:${column}`);
}

/**
 * @param into `markup`: values are escaped for HTML.
 * @throws LiquidFault
 */
export function renderMacros(template: string, scope: object, into: 'text' | 'markup'): string {
  checkMacros(template);
  const filled = template.replaceAll(MACRO, (_macro, path: string) => {
    const value = textAt(scope, path.split('.'));
    return into === 'markup' ? inMarkup(value) : value;
  });
  return filled.slice(0, MESSAGE_TEMPLATE_LIMIT);
}

/** Own properties only: nothing of a prototype is anybody's business. */
function textAt(scope: object, path: readonly string[]): string {
  let value: unknown = scope;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function inMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
