// Server, hosted pages: what a text is: words with `${placeholders}`, plain, never markup. Where a number decides how
// people say it, one text for each form that the language has.

/** By the number in `${count}`, as the plural rules of the language class it (Unicode TR35, part 3 §5). */
export type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

export type Text = string | Plural;

/** Names in `${…}` of a text. */
export type Placeholder<T> = T extends Plural
  ? Placeholder<T[keyof T]> | 'count'
  : T extends `${string}\${${infer Name}}${infer Rest}`
    ? Name | Placeholder<Rest>
    : never;

/** A screen whose window says the same as its heading. */
export function titled<const Title extends string>(title: Title): { pageTitle: Title; title: Title } {
  return { pageTitle: title, title };
}
