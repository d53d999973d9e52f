// The file name under which an Action's text appears wherever a person reads about it: in traces and in build errors.

/**
 * Letters, digits, dots and hyphens of the Action's name; at most 100 characters before `.js`. An Action whose name ends
 * in `.ts` is TypeScript, and its file keeps that name.
 */
export function scriptFileName(actionName: string): string {
  const ending = /\.ts$/.test(actionName) ? '.ts' : '.js';
  const stem = actionName.replace(/\.[jt]s$/, '').replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-');
  return `${stem.slice(0, 100) || 'action'}${ending}`;
}
