// The fuzz test: one change to a request at a time. Each is small, so that what is left still reaches deep.
import type { Dice } from '#test/kit/dice.ts';
import { ODD_BODIES, ODD_ENCODINGS, ODD_HEADERS, ODD_JSON, ODD_SEGMENTS, ODD_TEXTS } from './odd.ts';
import { contentOf, type Json, type Pairs, type Wire } from './wire.ts';

/** What chance draws from: `known` are values that mean something to the server, from whatever door they come. */
export type Draw = { dice: Dice; known: readonly string[] };
type Mutation = (wire: Wire, draw: Draw) => Wire;

const MOST_CHANGES = 3;
/** The rest mostly ends at the first look at a request: it needs no majority. */
const PARAMETERS_SHARE = 0.7;

/** Changes a request one to three times; the former is left as it is. */
export function mutate(wire: Wire, draw: Draw): Wire {
  let made = wire;
  for (let left = 1 + draw.dice.below(MOST_CHANGES); left > 0; left--)
    made = draw.dice.one(draw.dice.next() < PARAMETERS_SHARE ? OF_PARAMETERS : OF_THE_REST)(made, draw);
  return made;
}

const value = ({ dice, known }: Draw): string => {
  const lot = dice.next();
  if (lot < 0.45) return dice.one(ODD_TEXTS);
  return lot < 0.9 ? dice.one(known) : dice.one(ODD_ENCODINGS);
};

/** The parameters of a request, wherever it has them. */
const inParameters =
  (change: (pairs: Pairs, draw: Draw) => Pairs): Mutation =>
  (wire, draw) => {
    const { body } = wire;
    if (body?.as === 'form' && draw.dice.next() < 0.8) {
      return { ...wire, body: { as: 'form', fields: change(body.fields, draw) } };
    }
    if (body?.as === 'json' && draw.dice.next() < 0.8) {
      return { ...wire, body: { as: 'json', value: changeJson(body.value, draw) } };
    }
    return { ...wire, query: change(wire.query, draw) };
  };

function changeJson(json: Json, draw: Draw): Json {
  const { dice } = draw;
  if (Array.isArray(json) && json.length > 0 && dice.next() < 0.8) {
    const at = dice.below(json.length);
    return json.map((each, index) => (index === at ? changeJson(each, draw) : each));
  }
  if (json !== null && typeof json === 'object' && !Array.isArray(json) && dice.next() < 0.9) {
    const entries = Object.entries(json);
    const lot = dice.next();
    if (entries.length === 0 || lot < 0.1) return { ...json, [value(draw)]: dice.one(ODD_JSON) };
    const [name, held] = dice.one(entries);
    const { [name]: _gone, ...rest } = json;
    if (lot < 0.2) return rest;
    if (lot < 0.25) return { ...rest, [value(draw)]: held };
    return { ...json, [name]: changeJson(held, draw) };
  }
  return dice.next() < 0.5 ? dice.one(ODD_JSON) : value(draw);
}

const replaced = (pairs: Pairs, at: number, part: 0 | 1, text: string): Pairs =>
  pairs.map((pair, index) => (index === at ? (part === 0 ? [text, pair[1]] : [pair[0], text]) : pair));

/** What most of them do. */
const OF_PARAMETERS: readonly Mutation[] = [
  inParameters((pairs, draw) => replaced(pairs, draw.dice.below(pairs.length || 1), 1, value(draw))),
  inParameters((pairs, draw) => replaced(pairs, draw.dice.below(pairs.length || 1), 1, value(draw))),
  inParameters((pairs, draw) => replaced(pairs, draw.dice.below(pairs.length || 1), 0, value(draw))),
  inParameters((pairs, { dice }) => pairs.filter((_pair, at) => at !== dice.below(pairs.length || 1))),
  inParameters((pairs, draw) => [...pairs, [pairs.length ? draw.dice.one(pairs)[0] : 'state', value(draw)]]),
  inParameters((pairs, draw) => [...pairs, [draw.dice.one(PARAMETERS), value(draw)]]),
];

const OF_THE_REST: readonly Mutation[] = [
  // Something known in the place of something else: a key at the wrong door.
  (wire, { dice, known }) => ({
    ...wire,
    query: replaced(wire.query, dice.below(wire.query.length || 1), 1, dice.one(known)),
  }),
  (wire, { dice }) => ({ ...wire, method: dice.one(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) }),
  (wire, { dice }) => {
    const segments = wire.path.split('/');
    const at = 1 + dice.below(segments.length - 1 || 1);
    return { ...wire, path: segments.map((each, index) => (index === at ? dice.one(ODD_SEGMENTS) : each)).join('/') };
  },
  (wire, { dice, known }) => {
    const segments = wire.path.split('/');
    const named = encodeURIComponent(dice.one(known));
    return { ...wire, path: [...segments.slice(0, -1), named].join('/') };
  },
  (wire, { dice }) => {
    const header = dice.one(ODD_HEADERS);
    return { ...wire, headers: [...wire.headers.filter(([name]) => name !== header[0]), header] };
  },
  (wire, { dice }) => ({ ...wire, headers: wire.headers.filter(() => dice.next() < 0.5) }),
  (wire, { dice, known }) => ({
    ...wire,
    headers: [['authorization', `${dice.one(['Bearer', 'DPoP', 'Basic', 'bearer'])} ${dice.one(known)}`]],
  }),
  (wire, { dice }) => ({
    ...wire,
    body: { as: 'text', type: contentOf(wire)?.type ?? 'application/json', text: dice.one(ODD_BODIES) },
  }),
  // Cut off, or with one character changed.
  (wire, { dice }) => {
    const content = contentOf(wire);
    if (!content) return wire;
    const at = dice.below(content.text.length || 1);
    const rest = dice.next() < 0.5 ? '' : dice.one(['"', '\\', '{', '%', '&', '\u0000']) + content.text.slice(at + 1);
    return { ...wire, body: { as: 'text', type: content.type, text: content.text.slice(0, at) + rest } };
  },
  // The same parameters in the other kind of body.
  (wire) => {
    const { body } = wire;
    if (body?.as === 'form') return { ...wire, body: { as: 'json', value: Object.fromEntries(body.fields) } };
    if (body?.as !== 'json' || body.value === null || typeof body.value !== 'object') return wire;
    const fields = Object.entries(body.value).map(([name, held]): [string, string] => [
      name,
      typeof held === 'string' ? held : JSON.stringify(held),
    ]);
    return { ...wire, body: { as: 'form', fields } };
  },
];

const PARAMETERS: readonly string[] = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'ui_locales',
  'id_token_hint',
  'login_hint',
  'acr_values',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'request',
  'request_uri',
  'registration',
  'claims',
  'organization',
  'invitation',
  'screen_hint',
  'connection',
  'audience',
  'resource',
  'grant_type',
  'code',
  'refresh_token',
  'mfa_token',
  'oob_code',
  'binding_code',
  'otp',
  'recovery_code',
  'username',
  'password',
  'realm',
  'device_code',
  'user_code',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'token',
  'token_type_hint',
  'ticket',
  'action',
  'returnTo',
  'post_logout_redirect_uri',
  'logout_hint',
  'page',
  'per_page',
  'include_totals',
  'from',
  'take',
  'q',
  'sort',
  'fields',
  'ext-x',
  '__proto__',
];
