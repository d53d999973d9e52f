// Benchmarks: one line each, `name: value, yardstick, ratio`. Value and yardstick are measured in the same minute on the
// same machine, so the ratio can be compared between machines and releases; the bare figures cannot.
import { availableParallelism, cpus, platform, release } from 'node:os';
import type { BenchLine } from './bench-line.ts';
import { benchCrowd } from './crowd.ts';
import { benchDensity } from './density.ts';
import { benchImport } from './import.ts';
import { benchInCell } from './in-cell.ts';
import { benchLogin } from './login.ts';
import { benchManagement } from './management.ts';
import { benchPages } from './pages.ts';
import { benchProtocol } from './protocol.ts';
import { benchRefusal } from './refusal.ts';
import { benchRivals } from './rivals.ts';
import { benchScriptRun } from './script-run.ts';
import { benchSimulate } from './simulate.ts';
import { benchTenants } from './tenants.ts';
import { benchThroughput } from './throughput.ts';

const BENCHMARKS: { readonly [name: string]: () => Promise<BenchLine[]> } = {
  'in-cell': benchInCell,
  'script-run': benchScriptRun,
  throughput: benchThroughput,
  crowd: benchCrowd,
  density: benchDensity,
  rivals: benchRivals,
  login: benchLogin,
  simulate: benchSimulate,
  refusal: benchRefusal,
  pages: benchPages,
  protocol: benchProtocol,
  tenants: benchTenants,
  import: benchImport,
  management: benchManagement,
};

function show({ name, value, yardstick, ratio, goal, atLeast, note }: BenchLine): string {
  const met = atLeast ? ratio >= goal : ratio <= goal;
  const wanted = Number.isFinite(goal) ? ` (goal ${atLeast ? '≥' : '≤'} ${round(goal)}${met ? '' : ', missed'})` : '';
  return `${name}: ${round(value)}, yardstick ${round(yardstick)}, ratio ${round(ratio)}${wanted}${note ? ` · ${note}` : ''}`;
}

/** Three digits that matter. */
function round(figure: number): string {
  return Math.abs(figure) >= 100 ? figure.toFixed(0) : String(Number(figure.toPrecision(3)));
}

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !(name in BENCHMARKS));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}; there are ${Object.keys(BENCHMARKS).join(', ')}.`);
  process.exit(1);
}

const model = cpus()[0]?.model.trim() ?? 'unknown processor';
console.log(`${model}, ${availableParallelism()} cores, ${platform()} ${release()}, Node ${process.version}`);
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for (const line of await run()) console.log(show(line));
}
