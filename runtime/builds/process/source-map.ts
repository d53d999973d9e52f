// Builds: the map that leads from a bundle back to the authors' texts. Files of packages are named as under `node_modules`;
// no path of this server is in it, and no text but the authors'.

type SourceMapJson = {
  version: number;
  sources: string[];
  sourcesContent?: (string | null)[];
  names: string[];
  mappings: string;
};

/** @param texts author's file name → the text as it was written. */
export function finishMap(map: string, nameOf: (source: string) => string, texts: ReadonlyMap<string, string>): string {
  const { version, sources, names, mappings } = JSON.parse(map) as SourceMapJson;
  const named = sources.map(nameOf);
  const sourcesContent = named.map((name) => texts.get(name) ?? null);
  return JSON.stringify({ version, sources: named, sourcesContent, names, mappings });
}
