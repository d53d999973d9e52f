// The fuzz test: what is wrong with an answer, whatever was asked.
import { ELSEWHERE, MARKUP } from './odd.ts';

/** `asked`: the method of the request. */
export type Answered = { asked: string; status: number; headers: Headers; text: string };

/** Words that only our inside knows. */
const INSIDE =
  /SQLITE_|sqlite|UNIQUE constraint|node_modules|\bat .+\.ts:\d+|\$argon2|PRIVATE KEY|ECONNREFUSED|undefined is not/;

/** The first thing that is wrong; undefined for an answer that may be given. `site` is where the house lives. */
export function complaintOf({ asked, status, headers, text }: Answered, site: string): string | undefined {
  if (status >= 500) return `a fault: ${status}`;
  const inside = INSIDE.exec(text);
  if (inside) return `tells of its inside: ${inside[0]}`;
  const location = headers.get('location');
  if (location !== null) {
    if (!URL.canParse(location, site)) return `sends to what is no address: ${location}`;
    if (new URL(location, site).hostname.endsWith(ELSEWHERE)) return `sends elsewhere: ${location}`;
  }
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/html') && text.includes(MARKUP)) return 'writes markup that was sent to it';
  if (type.startsWith('application/json') && text !== '') {
    const body = parsed(text);
    if (body === undefined) return 'says JSON and is none';
    if (status >= 400 && !isError(body, status)) return `an error of no known form: ${text.slice(0, 200)}`;
  }
  if (status >= 400 && text === '' && asked !== 'HEAD') return 'an error without a word';
  if (headers.get('cache-control') === null) return 'says nothing of caching';
  for (const cookie of headers.getSetCookie()) {
    if (!/; HttpOnly/i.test(cookie)) return 'a cookie that scripts can read';
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The four dialects: OAuth, Management API, database connections and their sign-up, operation. */
function isError(body: unknown, status: number): boolean {
  if (body === null || typeof body !== 'object') return false;
  const { error, statusCode, code, description, name } = body as Record<string, unknown>;
  if (statusCode !== undefined && statusCode !== status) return false;
  return typeof error === 'string' || (typeof code === 'string' && (description !== undefined || name !== undefined));
}
