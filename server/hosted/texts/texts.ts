// Server, hosted pages: everything a page can say, as types: prompt, screen, key, text.
import type { en } from './en.ts';
import type { Plural } from './text.ts';

/** The English texts, each as its own type: what it has in `${…}` must be given to whoever says it. */
export type Catalogue = typeof en;

/** What a language has to say: the same keys, in its own words; plural forms where English has them. */
export type Texts = {
  readonly [P in Prompt]: {
    readonly [S in ScreenOf<P>]: { readonly [K in KeyOf<P, S>]: Catalogue[P][S][K] extends Plural ? Plural : string };
  };
};

export type Prompt = keyof Catalogue;
export type ScreenOf<P extends Prompt> = keyof Catalogue[P] & string;
export type KeyOf<P extends Prompt, S extends ScreenOf<P>> = keyof Catalogue[P][S] & string;

/** A prompt with one of its screens. */
export type ScreenName = { [P in Prompt]: { prompt: P; name: ScreenOf<P> } }[Prompt];

/** Screens that are pages of their own: they have a title for the window. */
export type PageName = {
  [P in Prompt]: {
    [S in ScreenOf<P>]: Catalogue[P][S] extends { pageTitle: string } ? { prompt: P; name: S } : never;
  }[ScreenOf<P>];
}[Prompt];

/** Why there is a page without a form. */
export type ProblemKey = Exclude<ScreenOf<'status'>, 'status'>;
