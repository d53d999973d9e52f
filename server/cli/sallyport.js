#!/usr/bin/env node
// Server, command line: the file that `npx sallyport` starts, with whatever Node there is. It looks for one that can run us, which
// is installed beside us, and goes on there. Plain JavaScript of the oldest kind that has modules.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const OWN = fileURLToPath(new URL('../../', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= WANTED) start();
else goOn(findNode());

function start() {
  // What Node has compiled of us once, it need not compile again; processes that we start read the same folder.
  if (process.env.NODE_COMPILE_CACHE === undefined) {
    const folder = join(OWN, 'node_modules/.cache/sallyport-compiled');
    const { directory } = nodeModule.enableCompileCache(folder);
    if (directory !== undefined) process.env.NODE_COMPILE_CACHE = folder;
  }
  import('./load-types.js').then(() => import('./main.ts'));
}

/** The Node that npm has installed with us: in our own `node_modules` or in one above. */
function findNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  for (let folder = OWN; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, file);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

function goOn(node) {
  if (node === undefined) {
    process.stderr.write(
      `sallyport: Node ${WANTED} or newer is needed, and this is ${process.version}. Install it, or install sallyport by npm without --omit=optional, which brings one.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us; whoever ends only this one means both.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    process.stderr.write(`sallyport: ${node} cannot be started (${error.message}).\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] || 0) : code;
  });
}
