// Guest code: `util.format`, the printf of Node.

import { inspect, showPrimitive } from './inspect.ts';

export function format(...args: unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== 'string')
    return args.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ');
  if (rest.length === 0) return first;
  let used = 0;
  const text = first.replace(/%[sdifjoOc%]/g, (mark) => {
    if (mark === '%%') return '%';
    if (used >= rest.length) return mark;
    return formatOne(mark, rest[used++]);
  });
  const more = rest.slice(used).map((value) => (typeof value === 'string' ? value : inspect(value)));
  return [text, ...more].join(' ');
}

function formatOne(mark: string, value: unknown): string {
  switch (mark) {
    case '%s':
      if (typeof value === 'bigint') return `${value}n`;
      if (Object.is(value, -0)) return '-0';
      if (typeof value !== 'object' || value === null) return String(value);
      return value instanceof Error || Object.hasOwn(value, 'toString')
        ? String(value)
        : inspect(value, { depth: 0, compact: 3 });
    case '%d':
      return typeof value === 'bigint'
        ? `${value}n`
        : typeof value === 'object'
          ? 'NaN'
          : showPrimitive(Number(value), { maxString: 100 });
    case '%i':
      return typeof value === 'bigint'
        ? `${value}n`
        : typeof value === 'object'
          ? 'NaN'
          : String(Number.parseInt(String(value), 10));
    case '%f':
      return typeof value === 'symbol' ? 'NaN' : String(Number.parseFloat(String(value)));
    case '%j':
      try {
        return JSON.stringify(value) ?? 'undefined';
      } catch (error) {
        if (error instanceof TypeError && /circular/i.test(error.message)) return '[Circular]';
        throw error;
      }
    case '%c':
      return '';
    default:
      return inspect(value, mark === '%o' ? { showHidden: true, depth: 4 } : { depth: Number.POSITIVE_INFINITY });
  }
}
