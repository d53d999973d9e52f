// Server, command line: lets Node load our files where it would not: below `node_modules` it takes types out of no file. Plain
// JavaScript, for it comes before everything else; child processes get it by `--import`.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

const OWN = new URL('../../', import.meta.url).href;
const INSTALLED = OWN.includes('/node_modules/');
/** The same process may come by here twice: by its command line and by an import. */
const DONE = Symbol.for('sallyport.load-types');

if (INSTALLED && !globalThis[DONE]) {
  globalThis[DONE] = true;
  registerHooks({ load: loadOwn });
  inheritTo(process.execArgv);
}

/** Files of ours with types; packages that lie in our own folder are as their makers published them. */
function loadOwn(url, context, nextLoad) {
  const path = url.startsWith(OWN) ? url.slice(OWN.length) : undefined;
  if (path === undefined || !/\.ts(?:\?|$)/.test(path) || path.includes('node_modules/')) return nextLoad(url, context);
  return { format: 'module', shortCircuit: true, source: withoutTypes(readFileSync(fileURLToPath(url), 'utf8')) };
}

/** The only notice of Node's about this function says that it may change; our Node is of an exact version. */
function withoutTypes(source) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Processes that we start with `process.execArgv`, or with none, have to load our files too. */
function inheritTo(flags) {
  if (!flags.includes(import.meta.url)) flags.push('--import', import.meta.url);
}
