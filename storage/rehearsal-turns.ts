// Storage: rehearsals take turns. Each keeps a connection, or everybody who writes, from the logins that are going on, and
// whoever rehearses has time: so a few at once, and the others wait in order.

/** Of PostgreSQL's ten connections most stay for what is real. */
const AT_ONCE = 2;

/** One per database. What a rehearsal rehearses in turn must not ask again: it would wait for itself. */
export function rehearsalTurns(): <T>(rehearsal: () => Promise<T>) => Promise<T> {
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  return async (rehearsal) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await rehearsal();
    } finally {
      // A place goes from hand to hand: nobody who comes just now takes it from those who waited.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
