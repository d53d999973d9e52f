// The server's clock: real time plus what development has moved it by. The move does not outlive the process.

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Moves it forward. Only the development address calls this. */
  advance(seconds: number): void;
};

export function createClock(): Clock {
  let movedMs = 0;
  return {
    now: () => Date.now() + movedMs,
    advance: (seconds) => {
      movedMs += seconds * 1000;
    },
  };
}
