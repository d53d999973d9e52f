// Example programs: the process they run in. It loads one file of examples and runs those it is told to, so that
// NODE_EXTRA_CA_CERTS is in place before the client loads, and nothing of the test is.
import type { Landing, Person, ReadCode } from './application.ts';

/** To the program: run an example, or what the person did. */
export type Told = { id: number; example: string; given: unknown } | { id: number; done: Landing | string };
/** From the program: an example has ended, or waits for the person. */
export type Said =
  | { id: number; result: unknown }
  | { id: number; failed: { name: string; message: string; code?: unknown; cause?: unknown; body?: unknown } }
  | { id: number; open: string }
  | { id: number; read: Parameters<ReadCode>[0] };

type Example = (given: unknown, person: Person) => Promise<unknown>;

const examples = (await import(process.argv[2] ?? '')) as Record<string, Example>;
const waiting = new Map<number, (done: Landing | string) => void>();
const say = (said: Said) => process.send?.(said);

process.on('message', async (told: Told) => {
  const { id } = told;
  if ('done' in told) return waiting.get(id)?.(told.done);
  const ask = <Done>(said: Said) =>
    new Promise<Done>((resolve) => {
      waiting.set(id, (done) => resolve(done as Done));
      say(said);
    });
  const person: Person = {
    signIn: (address) => ask<Landing>({ id, open: address.href }),
    readCode: (from) => ask<string>({ id, read: from }),
  };
  try {
    const example = examples[told.example];
    if (!example) throw new Error(`there is no example ${told.example}`);
    say({ id, result: (await example(told.given, person)) ?? null });
  } catch (error) {
    const { name, message, code, cause, body } = error as Error & { code?: unknown; body?: unknown };
    say({ id, failed: { name, message, code, cause: plain(cause), body: plain(body) } });
  }
});

/** What survives the way to another process. */
function plain(value: unknown): unknown {
  return value instanceof Error ? { ...value, message: value.message } : value;
}
