// The process in which `npm run hostile` keeps the sandbox: runs the attacks named in its arguments and reports each.

import { CORPUS } from './corpus/corpus.ts';
import { openRange, type Report } from './run-corpus.ts';

export type FromRange =
  | { type: 'open'; quietMs: number; cells: number }
  | { type: 'begin'; id: string }
  | { type: 'report'; report: Report };

const tell = (message: FromRange): Promise<void> =>
  new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error('this process is started by npm run hostile');
    process.send(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)));
  });

const ids = new Set(process.argv.slice(2));
const range = await openRange();
await tell({ type: 'open', quietMs: range.quietMs, cells: range.cells });
for (const attack of CORPUS) {
  if (!ids.has(attack.id)) continue;
  await tell({ type: 'begin', id: attack.id });
  await tell({ type: 'report', report: await range.attack(attack) });
}
await range.close();
process.disconnect();
