// In the cell: contexts made ahead, in idle moments only, so that a login does not wait for one.
// A spare has run the top level of its script but no handler: it has seen nobody's event.

import { type Home, type Homes, loadModule, type Program, releaseSpare, type Spare } from './isolates.ts';
import type { Dice, FromCell } from './protocol.ts';

/** Of a script that runs again and again; one that runs now and then has one, made when its next login begins. */
const HOT_SPARES = 2;
/** A script that ran within this time before is hot. */
const HOT_MS = 10_000;
/** A tenant with many scripts keeps one of each. */
const CROWDED = 8;
const REST_MS = 1;

const word = (): number => (Math.random() * 2 ** 32) | 0;
/** For the top level alone: those of its run come with the run. */
const dice = (): Dice => [word(), word(), word(), word()];

type Wish = { home: Home; program: Program };

/** `now`: the scripts' clock. `loadMs`: how long a top level may take. */
export function createSpares(deps: {
  homes: Homes;
  send: (message: FromCell) => void;
  now: () => number;
  loadMs: number;
  /** When a run last had the thread, by `performance.now()`. */
  busyAt: () => number;
}) {
  const { homes, send, now, loadMs } = deps;
  const wishes = new Map<Program, Wish>();
  let scheduled = false;

  const wanted = ({ home, program }: Wish): boolean =>
    !home.retired &&
    !home.isolate.isDisposed &&
    homes.isCurrent(home) &&
    home.programs.get(program.versionId) === program &&
    !program.unfit &&
    program.spares.length < (program.hot && !program.heavy && home.programs.size <= CROWDED ? HOT_SPARES : 1);

  function load(home: Home, program: Program, spare: Spare): void {
    const { versionId } = program;
    // Always announced: a top level may turn bad, and nobody else must be blamed for the cell's silence.
    send({ type: 'beat', id: 0, tenantId: home.tenantId, versionId, withinMs: loadMs });
    try {
      loadModule(spare, program, now(), dice(), loadMs);
      program.spares.push(spare);
      homes.noteRest(home);
    } catch {
      // Too slow or too large for an idle moment: its runs will load it themselves and say what is wrong.
      program.unfit = true;
      homes.retire(home);
      if (!home.isolate.isDisposed) releaseSpare(spare);
    }
    send({ type: 'idle' });
  }

  function fill({ home, program }: Wish): void {
    try {
      load(home, program, homes.makeSpare(home, program, true));
    } catch (error) {
      if (!home.isolate.isDisposed) throw error;
      // The isolate is full: the tenant's next run opens another.
      homes.retire(home);
    }
  }

  function fillOne(): void {
    scheduled = false;
    // Runs come one after another: the next one would wait, and makes its own context faster than it is rehearsed here.
    if (performance.now() - deps.busyAt() < REST_MS) {
      schedule();
      return;
    }
    for (const [program, wish] of wishes) {
      if (!wanted(wish)) {
        wishes.delete(program);
        continue;
      }
      fill(wish);
      break;
    }
    if (wishes.size > 0) schedule();
  }

  /**
   * A moment later: a context is never made between a waiting run and its turn, and the answer just sent reaches its
   * reader sooner when this process rests first.
   */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setTimeout(fillOne, REST_MS);
  }

  function want(home: Home, program: Program): void {
    wishes.set(program, { home, program });
    schedule();
  }

  return {
    /** Have spares of this script when there is time. */
    want,
    /** A run of this script has ended: it may be the first of many, or its tenant's only one for a day. */
    replace(home: Home, program: Program): void {
      const at = performance.now();
      program.hot = at - program.ranAt < HOT_MS;
      program.ranAt = at;
      if (program.hot) want(home, program);
    },
  };
}
