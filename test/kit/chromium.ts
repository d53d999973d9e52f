// Test kit: a real Chromium out of npm alone. Unpacked once a version into node_modules/.cache and put in place by rename,
// so that parallel workers never meet a half-written file. CHROMIUM_PATH names another one.

import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const source = join(modules, '@sparticuz', 'chromium');

/** Quiet and self-contained: nothing is fetched that a test did not ask for. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser; the caller closes it. `more` are arguments for its process. */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> =>
  start((executablePath) => chromium.launch({ headless: true, executablePath, args: [...ARGUMENTS, ...more] }));

/** Starts a browser for several workers: each connects to its `wsEndpoint()`, and keeps its own contexts. */
export const serveChromium = (): Promise<BrowserServer> =>
  start((executablePath) =>
    chromium.launchServer({ headless: true, executablePath, args: ARGUMENTS, host: '127.0.0.1' }),
  );

async function start<Started>(launchAt: (executablePath: string) => Promise<Started>): Promise<Started> {
  const given = process.env.CHROMIUM_PATH;
  const executablePath = given || (await unpacked());
  const launch = () => launchAt(executablePath);
  try {
    return await launch();
  } catch (error) {
    if (given || !/shared libraries/.test(String(error))) throw error;
    await bringLibraries();
    return launch();
  }
}

function home(): string {
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  return join(modules, '.cache', `chromium-${version}`);
}

async function unpacked(): Promise<string> {
  const executable = join(home(), 'chromium');
  if (existsSync(executable)) return executable;
  await mkdir(join(modules, '.cache'), { recursive: true });
  const draft = await mkdtemp(`${home()}-`);
  const file = join(draft, 'chromium');
  await pipeline(
    createReadStream(join(source, 'bin', 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(file),
  );
  await chmod(file, 0o755);
  try {
    await rename(draft, home());
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another worker was first: its file is as good.
    if (!existsSync(executable)) throw error;
  }
  return executable;
}

/** A machine without NSS, expat or fonts: the package has its own, and unpacks them when it believes to be on Lambda. */
async function bringLibraries(): Promise<void> {
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';
  process.env.TMPDIR = home();
  const { default: lambda } = await import('@sparticuz/chromium');
  await rm(join(home(), 'chromium'), { force: true });
  await lambda.executablePath();
}
