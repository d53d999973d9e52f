// What a page costs: the server's time for its GET, through the whole app in this process with rows in SQLite in memory, and
// its weight with everything it loads. The yardstick is the same text sent by a bare route: what is between them is ours.
import { Hono } from 'hono';
import type { Scene } from '#test/browser/gallery/scene.ts';
import { SCENES } from '#test/browser/gallery/scenes.ts';
import { type Gallery, openGallery, type Visitor } from '#test/browser/gallery/stage.ts';
import { type BenchLine, inTurns, percentile } from './bench-line.ts';

const WARM_UP = 10;
const BLOCKS = 5;
const PER_BLOCK = 12;

const SLOWEST_MS = 5;
const HEAVIEST_KB = 30;

/** Milliseconds. `cpu`: of one GET, its client included; what else the machine does leaves that alone. */
type Measured = { name: string; p50: number; p95: number; cpu: number; bare: number; ratio: number; kilobytes: number };

export async function benchPages(): Promise<BenchLine[]> {
  const gallery = await openGallery();
  try {
    const pages: Measured[] = [];
    for (const scene of SCENES) {
      // What only a form or a script shows has the address of another scene.
      if (!scene.act) pages.push(await measure(gallery, scene));
    }
    const slowest = greatest(pages, ({ p50 }) => p50);
    const costliest = greatest(pages, ({ cpu }) => cpu);
    const heaviest = greatest(pages, ({ kilobytes }) => kilobytes);
    return [
      ...pages.map(
        ({ name, p50, p95, cpu, bare, ratio, kilobytes }): BenchLine => ({
          name: `GET of ${name}: p50 (ms), against the same page without anything behind it`,
          value: p50,
          yardstick: bare,
          ratio,
          goal: Number.POSITIVE_INFINITY,
          note: `p95 ${p95.toFixed(2)} ms, CPU ${cpu.toFixed(2)} ms; ${kilobytes.toFixed(1)} KB with all it loads`,
        }),
      ),
      bound('slowest page: p50 (ms)', slowest.p50, SLOWEST_MS, slowest.name),
      bound('costliest page: CPU of a GET (ms)', costliest.cpu, SLOWEST_MS, costliest.name),
      bound('heaviest page with all it loads, as sent (KB)', heaviest.kilobytes, HEAVIEST_KB, heaviest.name),
    ];
  } finally {
    await gallery.close();
  }
}

const greatest = (pages: Measured[], of: (page: Measured) => number): Measured =>
  pages.reduce((most, page) => (of(page) > of(most) ? page : most));

function bound(name: string, value: number, most: number, note: string): BenchLine {
  return { name: `${name}, against the goal of ${most}`, value, yardstick: most, ratio: value / most, goal: 1, note };
}

async function measure(gallery: Gallery, scene: Scene): Promise<Measured> {
  const visitor = gallery.visitor('en');
  const address = await scene.reach(gallery, visitor);
  const { html } = await visitor.open(address);
  const bare = new Hono().get('/', (c) => c.html(html));
  const ours = () => visitor.open(address);
  const theirs = async () => (await bare.request('/')).text();
  for (let round = 0; round < WARM_UP; round++) {
    await ours();
    await theirs();
  }
  const times: number[] = [];
  const blocks = [];
  let cpu = 0;
  for (let block = 0; block < BLOCKS; block++) {
    const before = process.cpuUsage();
    const own = await timesOf(ours);
    const { user, system } = process.cpuUsage(before);
    cpu += (user + system) / 1000 / (BLOCKS * PER_BLOCK);
    times.push(...own);
    blocks.push({ value: percentile(own, 0.5), yardstick: percentile(await timesOf(theirs), 0.5) });
  }
  const { value: p50, yardstick, ratio } = inTurns(blocks);
  const kilobytes = (await weigh(visitor, html)) / 1024;
  return { name: scene.name, p50, p95: percentile(times, 0.95), cpu, bare: yardstick, ratio, kilobytes };
}

async function timesOf(call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < PER_BLOCK; at++) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** Bytes as a browser gets them: the page as it is, stylesheets and scripts packed. */
async function weigh(visitor: Visitor, html: string): Promise<number> {
  const assets = [...html.matchAll(/<(?:link rel="stylesheet" href|script src)="([^"]+)"/g)].map(
    ([, path]) => path ?? '',
  );
  const sizes = await Promise.all(assets.map((path) => visitor.bytesOf(path)));
  return Buffer.byteLength(html) + sizes.reduce((sum, size) => sum + size, 0);
}
