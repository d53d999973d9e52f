// Server, development: moving the server's clock forward, for everything at once.
import { Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { isOwnForm } from '../hosted/own-form.ts';
import { readText } from '../request.ts';

const BODY_LIMIT_BYTES = 1024;

/** Ten years: dates stay dates, in every database. */
const LONGEST_SECONDS = 10 * 366 * 24 * 60 * 60;

/** GET and POST `/dev/clock`. */
export function clockRoutes({ clock }: Deps): Hono<Env> {
  const now = () => ({ now: new Date(clock.now()).toISOString() });
  return new Hono<Env>()
    .get('/dev/clock', (c) => {
      c.header('cache-control', 'no-store');
      return c.json(now());
    })
    .post('/dev/clock', async (c) => {
      c.header('cache-control', 'no-store');
      // Any site can make a browser send a form to a loopback address.
      if (!isOwnForm(c)) return c.json({ error: 'forbidden', message: 'This request came from another site.' }, 403);
      const body = await readText(c, BODY_LIMIT_BYTES);
      const seconds = body.ok ? advanceSeconds(body.text) : undefined;
      if (seconds === undefined) return c.json(EXPECTED, 400);
      clock.advance(seconds);
      return c.json(now());
    });
}

const EXPECTED = {
  error: 'invalid_request',
  message: `The body must be {"advance_seconds": n}, n from 0 to ${LONGEST_SECONDS}.`,
};

/** The one property of the body; undefined when the body is anything else. */
function advanceSeconds(text: string): number | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined; // No JSON; the answer says what is expected.
  }
  if (typeof body !== 'object' || body === null || Object.keys(body).join() !== 'advance_seconds') return undefined;
  const { advance_seconds: seconds } = body as { advance_seconds: unknown };
  return typeof seconds === 'number' && seconds >= 0 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}
