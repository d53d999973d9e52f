// Server, project: how counters get out of the sandbox. A marked script writes them as lines of its console when its handler
// ends, `takeCounts` takes these lines out of the result, and every process of a test run adds them to a folder.
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '#runtime/sandbox/sandbox.ts';

/** Names the folder that `sallyport test` has made for the run. */
export const COVERAGE_VARIABLE = 'SALLYPORT_COVERAGE_FOLDER';

/** Nobody writes these by accident; what a script does with them changes figures of its own author and nothing else. */
const MARK = '\u0001sallyport-counts\u0001';

/** What counters may take of a run's console, on top of what the script may. */
export const COVERAGE_CONSOLE = 64 * 1024;

/** A line of a console holds 8,192 units; of this many counters it is never full. */
const COUNTERS_A_LINE = 700;

/** Which text: its path in the project and the beginning of its hash, so that counts of another text are never added. */
export const coverageKey = (path: string, source: string): string =>
  `${path}@${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;

/** Where counts are kept; undefined when nobody has asked for them. */
export const coverageFolder = (): string | undefined => process.env[COVERAGE_VARIABLE] || undefined;

/** What stands before a bundle: the counters of one text. `index`: of the text in the bundle. */
export function countersHead(index: number, key: string, counters: number): string {
  const own = `var ${hitsName(index)}=new Array(${counters}).fill(0);`;
  return `${index === 0 ? HEAD : ''}${own}sallyportHits.push([${JSON.stringify(key)},${hitsName(index)}]);`;
}

/** At the end of the Action's own text: its handlers write the counters down when they end. */
export const COUNTED_EXPORTS = ';module.exports=sallyportCounted(module.exports);';

export const hitsName = (index: number): string => `sallyportHits${index}`;

/**
 * Written for a context that a script may bend afterwards: what it needs it takes first. A handler that is no async
 * function stays as it is, for that is refused with a message of its own. What ends with a throw is counted too.
 */
const HEAD = `var sallyportHits=[],sallyportCounted=((say,write,keys,isList,Async)=>{
const tell=()=>{for(const [key,hits] of sallyportHits){for(let from=0;from<hits.length;from+=${COUNTERS_A_LINE}){
say(${JSON.stringify(MARK)}+write([key,from,hits.slice(from,from+${COUNTERS_A_LINE})]));}hits.fill(0);}};
return(made)=>{if(typeof made!=="object"||made===null||isList(made))return made;const counted={};
for(const name of keys(made)){const handler=made[name];counted[name]=handler instanceof Async?async function(...given){
return handler.apply(this,given).then((value)=>{tell();return value;},(error)=>{tell();throw error;});}:handler;}
return counted;};})(console.debug,JSON.stringify,Object.keys,Array.isArray,(async()=>{}).constructor);`.replaceAll(
  '\n',
  '',
);

/** The result as the script would have left it without counters. Its counts go into the folder. */
export function takeCounts(result: RunResult): RunResult {
  const folder = coverageFolder();
  const lines = result.console.filter(({ text }) => text.startsWith(MARK));
  if (lines.length === 0) return result;
  if (folder !== undefined) {
    const text = lines.map((line) => `${line.text.slice(MARK.length)}\n`).join('');
    appendFileSync(join(folder, `${process.pid}.jsonl`), text);
  }
  return { ...result, console: result.console.filter(({ text }) => !text.startsWith(MARK)) };
}

/** How often each counter was passed in a whole test run, by key. What does not parse is left out. */
export function readCounts(folder: string): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const entry = parseLine(line);
      if (entry === undefined) continue;
      const [key, from, hits] = entry;
      const sum = sums.get(key) ?? [];
      sums.set(key, sum);
      for (const [index, count] of hits.entries()) sum[from + index] = (sum[from + index] ?? 0) + count;
    }
  }
  return sums;
}

function parseLine(line: string): [key: string, from: number, hits: number[]] | undefined {
  try {
    const [key, from, hits] = JSON.parse(line) as [unknown, unknown, unknown];
    if (typeof key !== 'string' || !Number.isInteger(from) || !Array.isArray(hits)) return undefined;
    return hits.every((count) => Number.isInteger(count)) ? [key, from as number, hits] : undefined;
  } catch {
    return undefined;
  }
}
