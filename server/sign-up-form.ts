// Server: what an application sends to make an account, read strictly from JSON or a form. What is not known is left out.
import type { Context } from 'hono';
import { z } from 'zod';
import type { Registration } from '#runtime/transaction/transaction.ts';
import type { Env } from './deps.ts';
import { mediaType, readJsonObject, readParameters, type Unreadable } from './request.ts';

export type SignUpForm = { clientId: string; connection: string; registration: Registration };

type Refused = { ok: false; status: 400 | 413 | 415; description: string };

const METADATA_KEYS = 10;
const text = z.string().min(1);
const metadata = z
  .record(z.string().min(1).max(100), z.string().max(500))
  .refine((all) => Object.keys(all).length <= METADATA_KEYS, {
    message: `at most ${METADATA_KEYS} properties, each a string of at most 500 characters`,
  });

const form = z.object({
  client_id: text,
  connection: text,
  email: text.optional(),
  username: text.optional(),
  password: text,
  given_name: text.max(150).optional(),
  family_name: text.max(150).optional(),
  name: text.max(300).optional(),
  nickname: text.max(300).optional(),
  picture: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  user_metadata: metadata.optional(),
});

export async function readSignUp(c: Context<Env>): Promise<{ ok: true; form: SignUpForm } | Refused> {
  const body = await readBody(c);
  if (!body.ok) return unreadable(body);
  const parsed = form.safeParse(body.object);
  if (!parsed.success) return { ok: false, status: 400, description: complaint(parsed.error, body.object) };
  const { client_id: clientId, connection, email, username, password, user_metadata = {}, ...profile } = parsed.data;
  const { name, nickname, picture, given_name: givenName, family_name: familyName } = profile;
  const registration: Registration = {
    ...(email === undefined ? {} : { email: email.trim() }),
    ...(username === undefined ? {} : { username }),
    password,
    profile: {
      ...(name === undefined ? {} : { name }),
      ...(givenName === undefined ? {} : { givenName }),
      ...(familyName === undefined ? {} : { familyName }),
      ...(nickname === undefined ? {} : { nickname }),
      ...(picture === undefined ? {} : { picture }),
    },
    userMetadata: user_metadata,
    extra: extraOf(body.object),
  };
  return { ok: true, form: { clientId, connection, registration } };
}

const EXTRA_FIELDS = 20;
const EXTRA_LENGTH = 500;

/** What else was sent, as scripts see it in `event.request.body`; nothing that looks like a secret. */
function extraOf(sent: Record<string, unknown>): Record<string, string> {
  const own = Object.entries(sent).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const extra = own.filter(
    ([name, value]) =>
      (name === 'client_id' || name === 'connection' || !Object.hasOwn(form.shape, name)) &&
      !/password|secret|token/i.test(name) &&
      value.length <= EXTRA_LENGTH,
  );
  return Object.fromEntries(extra.slice(0, EXTRA_FIELDS));
}

async function readBody(c: Context<Env>): Promise<{ ok: true; object: Record<string, unknown> } | Unreadable> {
  if (mediaType(c.req.header('content-type')) !== 'application/json') {
    const read = await readParameters(c, { json: false });
    return read.ok ? { ok: true, object: nested(read.parameters) } : read;
  }
  const read = await readJsonObject(c);
  if (!read.ok) return read;
  // As everywhere: a value that is empty counts as left out.
  const given = Object.entries(read.object).filter(([, value]) => value !== null && value !== '');
  return { ok: true, object: Object.fromEntries(given) };
}

/** A form writes the properties of an object as `user_metadata[plan]`. */
function nested(parameters: Record<string, string>): Record<string, unknown> {
  const plain: [string, unknown][] = [];
  const own: [string, string][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const key = /^user_metadata\[([^\]]+)\]$/.exec(name)?.[1];
    if (key === undefined) plain.push([name, value]);
    else own.push([key, value]);
  }
  return Object.fromEntries(own.length === 0 ? plain : [...plain, ['user_metadata', Object.fromEntries(own)]]);
}

/** The first thing that is wrong. What was sent is not repeated. */
function complaint({ issues: [issue] }: z.ZodError, sent: Record<string, unknown>): string {
  const name = String(issue?.path[0] ?? 'body');
  if (sent[name] === undefined) return `Missing required property: ${name}`;
  if (issue?.code === 'custom') return `${name}: ${issue.message}`;
  return `${name} is not valid`;
}

function unreadable(problem: Unreadable): Refused {
  switch (problem.problem) {
    case 'too-large':
      return { ok: false, status: 413, description: 'The request is too large' };
    case 'wrong-type':
      return { ok: false, status: 415, description: 'Send application/json or application/x-www-form-urlencoded' };
    case 'coded':
      return { ok: false, status: 415, description: 'Send the body without a content encoding' };
    case 'malformed':
      return { ok: false, status: 400, description: 'The request body cannot be read' };
    case 'duplicate':
    case 'not-text':
      return { ok: false, status: 400, description: `Parameter ${problem.name.slice(0, 100)} was sent more than once` };
  }
}
