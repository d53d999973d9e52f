// Builds: one file of CommonJS from the authors' texts, their packages and the shims that they mention. Nothing of it is
// executed here.

import { type BuildOptions, build, type Message, type Metafile } from 'esbuild';
import type { BuildFault, BuildFaultId } from '../builds.ts';
import { COMPACT_BYTES, MAX_FAULTS, MAX_SCRIPT_BYTES } from './order.ts';
import { packageOf } from './packages.ts';
import { describeFault, type ParsedText, TARGET, toPlace } from './parse.ts';
import { type BundleTexts, createResolver } from './resolve.ts';
import { finishMap } from './source-map.ts';
import { AUTHOR, findGlobals, REQUIRE_NOTHING } from './stand-ins.ts';

/**
 * A text of the bundle; `author` is the key of the Action's own, `actions:<name>` of a shared module's. `head` stands
 * before the whole bundle.
 */
export type AuthorText = {
  key: string;
  text: ParsedText;
  declared: ReadonlySet<string>;
  folder: string | undefined;
  head?: string;
};

type Pass = { script: string; map: string; bytes: number; metafile: Metafile };

function settings(head: string, compact: boolean): BuildOptions {
  return {
    bundle: true,
    write: false,
    outfile: 'script.js',
    entryPoints: ['start'],
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    target: TARGET,
    // `import(x)` becomes a promise of `require(x)`, which answers for what the build did not see.
    supported: { 'dynamic-import': false },
    // White space is left out for good: indentation grows with the square of the nesting. Names stay, for traces and for
    // those who read them, unless the bundle would be too large otherwise.
    ...(compact ? { minify: true, keepNames: true } : { minifyWhitespace: true }),
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    // What lies about as a tsconfig.json is no setting of ours.
    tsconfigRaw: '{}',
    banner: { js: `${REQUIRE_NOTHING}${head}` },
  };
}

type Material = { texts: BundleTexts; folders: readonly string[]; head: string };

async function runPass(
  { texts, folders, head }: Material,
  globals: readonly string[],
  compact: boolean,
): Promise<Pass | Message[]> {
  try {
    const { outputFiles, metafile } = await build({
      ...settings(head, compact),
      plugins: [createResolver(texts, folders, globals)],
    });
    const script = outputFiles?.find(({ path }) => path.endsWith('.js'));
    const map = outputFiles?.find(({ path }) => path.endsWith('.map'));
    if (script === undefined || map === undefined || metafile === undefined) throw new Error('bundling gave no output');
    return { script: script.text, map: map.text, bytes: script.contents.byteLength, metafile };
  } catch (error) {
    const { errors } = error as { errors?: Message[] };
    if (errors === undefined || errors.length === 0) throw error;
    return errors;
  }
}

/**
 * First without globals, to see which names the texts and their packages mention, then with their shims, which import
 * whatever they need themselves; and once more, smaller, when it is too large.
 */
async function runPasses(material: Material): Promise<Pass | Message[]> {
  const bare = await runPass(material, [], false);
  if (Array.isArray(bare)) return bare;
  const globals = [...findGlobals(bare.script)].sort();
  const complete = globals.length === 0 ? bare : await runPass(material, globals, false);
  if (Array.isArray(complete) || complete.bytes <= COMPACT_BYTES) return complete;
  return runPass(material, globals, true);
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024).toLocaleString('en')} KB`;

function tooLarge({ bytes, metafile }: Pass): BuildFault {
  const sizes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(`/${path}`)?.name ?? 'the script itself';
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const biggest = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 3);
  const list = biggest.map(([name, size]) => `${name} (${kilobytes(size)})`).join(', ');
  return {
    id: 'bundle_too_large',
    message: `The script and its packages come to ${kilobytes(bytes)}; ${kilobytes(MAX_SCRIPT_BYTES)} are possible. The largest: ${list}.`,
  };
}

/** Names of files as authors know them, whatever folder they were in. */
function nameFile(source: string, texts: readonly AuthorText[]): string {
  const author = source.startsWith(`${AUTHOR}:`) ? source.slice(AUTHOR.length + 1) : source;
  const text = texts.find(({ key, text }) => key === author || text.fileName === author);
  if (text !== undefined) return text.text.fileName;
  const start = source.indexOf('node_modules/');
  if (start !== -1) return source.slice(start);
  return `sallyport/${source.replace(/^.*\/actions\/|^\w+:/, '')}`;
}

function toFault(message: Message, texts: readonly AuthorText[]): BuildFault {
  const own = typeof message.detail === 'string' ? message.detail : undefined;
  const id = (own ??
    (message.text.startsWith('Could not resolve') ? 'module_not_found' : 'syntax_error')) as BuildFaultId;
  const { location } = message;
  if (location === null) return { id, message: message.text };
  const author = texts.find(({ key }) => location.file === `${AUTHOR}:${key}`);
  const place = toPlace(message);
  const at = author === undefined ? place : author.text.placeOf(place);
  return { id, message: describeFault(nameFile(location.file, texts), at, message.text) };
}

/**
 * Bundles.
 * @param folders real paths of the folders with packages.
 * @returns the script and its map; or why there is none.
 */
export async function bundle(
  texts: readonly AuthorText[],
  folders: readonly string[],
): Promise<{ script: string; map: string } | BuildFault[]> {
  const sources: BundleTexts = new Map(
    texts.map(({ key, text, declared, folder }) => [key, { code: text.code, declared, folder }]),
  );
  const result = await runPasses({ texts: sources, folders, head: texts.map(({ head = '' }) => head).join('') });
  if (Array.isArray(result)) return result.slice(0, MAX_FAULTS).map((message) => toFault(message, texts));
  if (result.bytes > MAX_SCRIPT_BYTES) return [tooLarge(result)];
  const written = new Map(texts.map(({ text }) => [text.fileName, text.source]));
  return { script: result.script, map: finishMap(result.map, (source) => nameFile(source, texts), written) };
}
