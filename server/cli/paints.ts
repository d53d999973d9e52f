// Server, command line: colours of a terminal, where there is one that has them. Texts are the same without.

const COLOURS = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Paints = Readonly<Record<keyof typeof COLOURS, (text: string) => string>>;

/** `colours`: of the terminal; without them every paint leaves its text as it is. */
export function paints(colours: boolean): Paints {
  const paint = ([on, off]: readonly [number, number]) =>
    colours ? (text: string) => `\u001b[${on}m${text}\u001b[${off}m` : (text: string) => text;
  return {
    bold: paint(COLOURS.bold),
    dim: paint(COLOURS.dim),
    red: paint(COLOURS.red),
    green: paint(COLOURS.green),
    yellow: paint(COLOURS.yellow),
    cyan: paint(COLOURS.cyan),
  };
}
