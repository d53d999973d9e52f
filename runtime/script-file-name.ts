// The file name under which an Action's text appears wherever a person reads about it: in traces and in build errors.

/** Letters, digits, dots and hyphens of the Action's name; at most 100 characters before `.js`. */
export function scriptFileName(actionName: string): string {
  return `${actionName.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-').slice(0, 100) || 'action'}.js`;
}
