// Liquid as tenants write it, wherever they do: it reads what it is given and nothing else, includes no files, and takes no
// more time and room than its reader has. The one place that reaches into LiquidJS: to be looked at with each new version.
import { type Context, defaultOperators, Liquid, type LiquidOptions } from 'liquidjs';

/** Characters of a template. */
export const TEMPLATE_LIMIT = 100_000;
/** Liquid's own count of what filters and ranges make. */
const MEMORY_LIMIT = 1_000_000;
/** Looked at before each tag, filter and comparison. */
const TIME_LIMIT_MS = 250;
/** What an entry of a list counts that a filter works through: looking into each takes some microseconds. */
const ENTRY_COST = 16;

/** An engine of these bounds. `outputEscape`: what becomes of each value that is shown. */
export function boundedLiquid(options: Pick<LiquidOptions, 'outputEscape'> = {}): Liquid {
  const liquid = new Liquid({
    ...options,
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: 2 * TEMPLATE_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    renderLimit: TIME_LIMIT_MS,
    operators: TIMED_OPERATORS,
    templates: {},
  });
  // There is one file. A tag for another one is a mistake that its author hears of at once.
  for (const name of ['include', 'render', 'layout', 'block']) delete liquid.tags[name];
  timeFilters(liquid);
  return liquid;
}

/** Comparisons that look at the clock: one tag has room for thousands of them, of long lists. */
const TIMED_OPERATORS = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operate]) => [
    name,
    // Of two operands or, as `not`, of one; the last argument is the context.
    (one: unknown, ...more: [unknown, Context] | [Context]) => {
      inTime(more.at(-1) as Context);
      return (operate as (...given: unknown[]) => ReturnType<typeof operate>)(one, ...more);
    },
  ]),
);

/** Has the filters of an engine look at the clock, as tags do by themselves, and count the entries that they work through. */
function timeFilters({ filters }: Pick<Liquid, 'filters'>): void {
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
