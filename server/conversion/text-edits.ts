// Server, conversion: changes to a text by their places. What nobody changes stays to the letter, comments and all.

export type TextEdits = {
  /** In place of what is between. Places are those of the text as it was; none may lie within another. */
  replace(start: number, end: number, text: string): void;
  /** Before what is there, after what others have put before it. */
  insert(at: number, text: string): void;
  /** What is between, changed. */
  between(start: number, end: number): string;
};

export function textEdits(text: string): TextEdits {
  const edits: { start: number; end: number; text: string; order: number }[] = [];
  return {
    replace: (start, end, replacement) => void edits.push({ start, end, text: replacement, order: edits.length }),
    insert: (at, inserted) => void edits.push({ start: at, end: at, text: inserted, order: edits.length }),
    between(from, to) {
      const within = edits
        .filter(({ start, end }) => start >= from && end <= to)
        .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
      let at = from;
      let result = '';
      for (const edit of within) {
        // What lies within something that is replaced went with it.
        if (edit.start < at) continue;
        result += text.slice(at, edit.start) + edit.text;
        at = edit.end;
      }
      return result + text.slice(at, to);
    },
  };
}
