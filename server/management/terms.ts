// Management: the part of the search language that is understood: exact terms joined by AND. Anything else is refused
// with a text that says so, for a search that silently finds too much is worse than none.

/** The terms by field, or why they cannot be used. */
export function parseTerms(q: string, fields: readonly string[]): Record<string, string> | string {
  const terms = new Map<string, string>();
  const term = /\s*([A-Za-z_]+):(?:"((?:[^"\\]|\\.)*)"|([^\s"()[\]{}*?]+))\s*/y;
  for (let position = 0; position < q.length; position = term.lastIndex) {
    term.lastIndex = position;
    const match = term.exec(q);
    const [, field, quoted, bare] = match ?? [];
    if (field === undefined || !fields.includes(field) || terms.has(field)) return unsupported(fields);
    terms.set(field, quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
    const joined = /AND\s+(?=\S)/y;
    joined.lastIndex = term.lastIndex;
    if (term.lastIndex < q.length) {
      if (!joined.test(q)) return unsupported(fields);
      term.lastIndex = joined.lastIndex;
    }
  }
  return Object.fromEntries(terms);
}

const unsupported = (fields: readonly string[]): string =>
  `The query is not supported: use exact terms of ${fields.join(', ')}, such as ${fields[0]}:"value", joined by AND.`;
