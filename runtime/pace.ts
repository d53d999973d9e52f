// Who waits for an answer goes before work that nobody waits for. There is one thread: a step of such work is a moment in which
// nobody is served, so steps are short, and while people sign in there is a pause before each.

/** Between two requests of one login the browser thinks; a step just then would be in the way of the second. */
const QUIET_MS = 3;
/** On a server that is never quiet the work goes on all the same, a step in this time. */
const MOST_MS = 50;
const LOOK_EVERY_MS = 2;
const CALM_MS = 1000;

export type Pace = {
  /** Somebody waits for an answer, until what it returns is called. */
  enter(): () => void;
  /** Resolves when the next step may be done: at once where nobody is served. False: the process is about to end. */
  turn(): Promise<boolean>;
  /** Nobody came for a while: a step may take longer. */
  isCalm(): boolean;
  /** No step begins from now on. */
  end(): void;
};

export function createPace(): Pace {
  let waiting = 0;
  let leftAt = Number.NEGATIVE_INFINITY;
  let isEnding = false;
  let former: Promise<unknown> = Promise.resolve();

  const quietFor = (): number => (waiting > 0 ? 0 : performance.now() - leftAt);

  const wait = async (): Promise<boolean> => {
    // What has arrived meanwhile is served first, even where it is quiet.
    await new Promise(setImmediate);
    const until = performance.now() + MOST_MS;
    while (quietFor() < QUIET_MS && performance.now() < until && !isEnding) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return !isEnding;
  };

  return {
    enter() {
      waiting += 1;
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        waiting -= 1;
        leftAt = performance.now();
      };
    },
    turn() {
      // One after the other: ten jobs at once are in nobody's way more than one is.
      const mine = former.then(wait);
      former = mine;
      return mine;
    },
    isCalm: () => quietFor() >= CALM_MS,
    end() {
      isEnding = true;
    },
  };
}
