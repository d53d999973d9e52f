// Server, account: what a browser calls itself, in words that its person knows it by and no language has to translate.
import { browserParts } from '../hosted/browser-name.ts';

/** Of those that say nothing we know. */
const SHOWN = 60;

/** `Firefox · Linux`; undefined where nothing was said. */
export function browserLabel(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined || userAgent.trim() === '') return undefined;
  const { browser, system } = browserParts(userAgent);
  const known = [browser, system].filter((name) => name !== undefined);
  return known.length > 0 ? known.join(' · ') : userAgent.slice(0, SHOWN);
}
