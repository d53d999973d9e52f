// Guest code: `util.inspect` and `util.format`: values as people read them, in the form Node gives them.

type Options = {
  depth?: number | null;
  breakLength?: number;
  compact?: boolean | number;
  maxArrayLength?: number | null;
  maxStringLength?: number | null;
  showHidden?: boolean;
  sorted?: boolean;
};
type Walk = {
  depth: number;
  breakLength: number;
  maxArray: number;
  maxString: number;
  showHidden: boolean;
  sorted: boolean;
  /** The level of the object that was shown last. */
  deepest: number;
};

const custom = Symbol.for('nodejs.util.inspect.custom');
const defaultOptions: Options = { depth: 2, breakLength: 80, maxArrayLength: 100, maxStringLength: 10_000 };
/** Short entries of a long array stand in columns: Node does it above this number. */
const MANY = 6;
const LEVELS_IN_LINE = 3;

export function inspect(value: unknown, options?: Options | boolean, depth?: number | null): string {
  const given = typeof options === 'object' && options !== null ? options : { showHidden: options === true };
  const merged = { ...defaultOptions, ...given, ...(depth !== undefined && { depth }) };
  const walk: Walk = {
    depth: merged.depth ?? Number.POSITIVE_INFINITY,
    breakLength: merged.breakLength ?? 80,
    maxArray: merged.maxArrayLength ?? Number.POSITIVE_INFINITY,
    maxString: merged.maxStringLength ?? Number.POSITIVE_INFINITY,
    showHidden: merged.showHidden === true,
    sorted: merged.sorted === true,
    deepest: 0,
  };
  return show(value, walk, 0, []);
}
Object.assign(inspect, { custom, defaultOptions, colors: {}, styles: {} });

function quote(text: string): string {
  const mark = !text.includes("'")
    ? "'"
    : !text.includes('"')
      ? '"'
      : !text.includes('`') && !text.includes('${')
        ? '`'
        : "'";
  const inner = text.replace(/[\p{Cc}\\']/gu, (character) => {
    if (character === "'") return mark === "'" ? "\\'" : character;
    const known: Record<string, string> = {
      '\n': '\\n',
      '\t': '\\t',
      '\b': '\\b',
      '\f': '\\f',
      '\r': '\\r',
      '\\': '\\\\',
    };
    return known[character] ?? `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return mark + inner + mark;
}

export function showPrimitive(value: unknown, walk: { maxString: number }): string {
  if (typeof value === 'string') {
    const rest = value.length - walk.maxString;
    return rest > 0
      ? `${quote(value.slice(0, walk.maxString))}... ${rest} more character${rest > 1 ? 's' : ''}`
      : quote(value);
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  return String(value);
}

/** The name before the braces; empty for a plain object. */
function nameOf(value: object): string {
  for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const found = Object.getOwnPropertyDescriptor(holder, 'constructor')?.value;
    if (typeof found === 'function' && found.name !== '') return found.name;
  }
  return '[Object: null prototype]';
}

function prefixOf(value: object, plain: string): string {
  const name = nameOf(value);
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  const suffix = typeof tag === 'string' && tag !== '' && tag !== name ? ` [${tag}]` : '';
  return name === plain && suffix === '' ? '' : `${name}${suffix} `;
}

function show(value: unknown, walk: Walk, level: number, path: object[]): string {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return showPrimitive(value, walk);
  const own = (value as Record<symbol, unknown>)[custom];
  if (typeof own === 'function' && own !== inspect) {
    const text: unknown = own.call(value, walk.depth - level, { ...defaultOptions }, inspect);
    return typeof text === 'string' ? text : show(text, walk, level, [...path, value]);
  }
  if (path.includes(value)) return '[Circular *1]';
  const text = showObject(value, walk, level, [...path, value]);
  return path.length === 0 && text.includes('[Circular *1]') ? `<ref *1> ${text}` : text;
}

function showObject(value: object, walk: Walk, level: number, path: object[]): string {
  const keys = Reflect.ownKeys(value).filter(
    (key) => walk.showHidden || Object.prototype.propertyIsEnumerable.call(value, key),
  );
  const within = (inner: unknown): string => show(inner, walk, level + 1, path);
  const head = headOf(value, walk);
  const isDeep = level > walk.depth;
  if (isDeep && !head.isWhole && head.size + keys.length > 0)
    return `[${(head.prefix.trim() || nameOf(value)).replace(/\(\d+\)$/, '').trim()}]`;
  if (!isDeep) walk.deepest = level;
  const entries = isDeep ? [] : head.entries(within);
  const named = keys.filter((key) => !(head.isIndexed && typeof key === 'string' && /^\d+$/.test(key)));
  if (walk.sorted) named.sort((a, b) => (String(a) < String(b) ? -1 : 1));
  if (!isDeep) for (const key of named) entries.push(showProperty(value, key, within));
  if (entries.length === 0) return head.isWhole ? head.prefix.trim() : `${head.prefix}${head.open}${head.close}`;
  const prefix = head.isWhole ? `${head.prefix.trim()} ` : head.prefix;
  return wrap(prefix, head.isWhole ? '{' : head.open, head.isWhole ? '}' : head.close, entries, walk, level);
}

type Head = {
  prefix: string;
  open: string;
  close: string;
  /** The prefix says it all: braces are for further properties alone. */
  isWhole: boolean;
  isIndexed: boolean;
  /** How many entries there are beside the properties. */
  size: number;
  entries: (within: (value: unknown) => string) => string[];
};

function headOf(value: object, walk: Walk): Head {
  const head = (prefix: string, rest: Partial<Head> = {}): Head => ({
    prefix,
    open: '{',
    close: '}',
    isWhole: false,
    isIndexed: false,
    size: 0,
    entries: () => [],
    ...rest,
  });
  if (Array.isArray(value)) {
    const name = nameOf(value);
    return head(name === 'Array' ? '' : `${name}(${value.length}) `, {
      open: '[',
      close: ']',
      isIndexed: true,
      entries: (within) => showItems(value, walk, within),
    });
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as unknown[];
    const items = (within: (value: unknown) => string) => showItems(Array.from(list), walk, within);
    return head(`${nameOf(value)}(${list.length}) `, { open: '[', close: ']', isIndexed: true, entries: items });
  }
  if (value instanceof Map) {
    const entries: Head['entries'] = (within) => [...value].map(([key, item]) => `${within(key)} => ${within(item)}`);
    return head(`${nameOf(value)}(${value.size}) `, { size: value.size, entries });
  }
  if (value instanceof Set) {
    return head(`${nameOf(value)}(${value.size}) `, { size: value.size, entries: (within) => [...value].map(within) });
  }
  if (value instanceof Error) return head(value.stack || String(value), { isWhole: true });
  if (value instanceof RegExp) return head(String(value), { isWhole: true });
  if (value instanceof Date) {
    return head(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString(), { isWhole: true });
  }
  if (value instanceof Promise) return head('Promise ', { entries: () => ['<pending>'] });
  if (value instanceof WeakSet || value instanceof WeakMap)
    return head(`${nameOf(value)} `, { entries: () => ['<items unknown>'] });
  if (typeof value === 'function') return head(functionName(value), { isWhole: true });
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    const name = nameOf(value);
    return head(`[${name}: ${showPrimitive(value.valueOf(), walk)}]`, { isWhole: true, isIndexed: name === 'String' });
  }
  if (value instanceof ArrayBuffer) {
    const hex = Array.from(new Uint8Array(value), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return head('ArrayBuffer ', { entries: () => [`[Uint8Contents]: <${hex}>`, `byteLength: ${value.byteLength}`] });
  }
  if (Object.prototype.toString.call(value) === '[object Arguments]') return head('[Arguments] ');
  return head(prefixOf(value, 'Object'));
}

function functionName(value: { name?: string }): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  if (isClass) {
    const parent = Object.getPrototypeOf(value) as { name?: string };
    const base = parent.name ? ` extends ${parent.name}` : '';
    return `[class ${value.name || '(anonymous)'}${base}]`;
  }
  return value.name ? `[${kind}: ${value.name}]` : `[${kind} (anonymous)]`;
}

function showItems(list: unknown[], walk: Walk, within: (value: unknown) => string): string[] {
  const items: string[] = [];
  for (let i = 0; i < list.length && items.length < walk.maxArray; i++) {
    if (i in list) {
      items.push(within(list[i]));
      continue;
    }
    let gap = 1;
    while (i + gap < list.length && !(i + gap in list)) gap++;
    items.push(`<${gap} empty item${gap > 1 ? 's' : ''}>`);
    i += gap - 1;
  }
  const rest = list.length - walk.maxArray;
  if (rest > 0) items.push(`... ${rest} more item${rest > 1 ? 's' : ''}`);
  return items;
}

function showProperty(value: object, key: PropertyKey, within: (value: unknown) => string): string {
  const found = Object.getOwnPropertyDescriptor(value, key);
  const isPlain = typeof key === 'symbol' || /^[A-Za-z_$][\w$]*$/.test(String(key));
  const written = isPlain ? String(key) : quote(String(key));
  const label = found?.enumerable === false ? `[${written}]` : written;
  if (found?.get !== undefined) return `${label}: [${found.set === undefined ? 'Getter' : 'Getter/Setter'}]`;
  if (found?.set !== undefined) return `${label}: [Setter]`;
  return `${label}: ${within(found?.value)}`;
}

/** On one line where it fits and no more than three levels stand in it, as Node decides it for its `compact: 3`. */
function wrap(prefix: string, open: string, close: string, entries: string[], walk: Walk, level: number): string {
  const start = prefix + open;
  const rows = open === '[' && entries.length > MANY ? inColumns(entries, walk, level * 2) : entries;
  if (rows === entries && walk.deepest - level < LEVELS_IN_LINE) {
    const length = entries.reduce(
      (sum, entry) => sum + entry.length,
      2 * entries.length + 2 * level + start.length + 10,
    );
    const line = entries.join(', ');
    if (length <= walk.breakLength && !line.includes('\n')) return `${start} ${line} ${close}`;
  }
  const indent = `\n${'  '.repeat(level)}`;
  return `${start}${indent}  ${rows.join(`,${indent}  `)}${indent}${close}`;
}

/** Short items of an array side by side, in about as many columns as rows of square fields would give. */
function inColumns(items: string[], walk: Walk, indent: number): string[] {
  const isCut = /^\.\.\. \d+ more items?$/.test(items.at(-1) ?? '');
  const shown = isCut ? items.slice(0, -1) : items;
  const total = shown.reduce((sum, item) => sum + item.length + 2, 0);
  const longest = Math.max(...shown.map((item) => item.length)) + 2;
  if (longest * 3 + indent >= walk.breakLength || (total / longest <= 5 && longest > 8)) return items;
  const field = Math.max(longest - 3 - Math.sqrt(longest - total / items.length), 1);
  const square = Math.round(Math.sqrt(2.5 * field * shown.length) / field);
  const columns = Math.min(square, Math.floor((walk.breakLength - indent) / longest), 12, 15);
  if (columns <= 1) return items;
  const isNumeric = shown.every((item) => /^-?(?:[\d.]+(?:e[+-]?\d+)?n?|NaN|Infinity)$/.test(item));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...shown.filter((_item, at) => at % columns === column).map((item) => item.length + 2)),
  );
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += columns) {
    const row = shown.slice(at, at + columns).map((item, column, all) => {
      const width = widths[column] ?? longest;
      if (column === all.length - 1) return isNumeric ? item.padStart(width - 2) : item;
      return isNumeric ? `${item}, `.padStart(width) : `${item}, `.padEnd(width);
    });
    rows.push(row.join(''));
  }
  return isCut ? [...rows, items.at(-1) as string] : rows;
}
