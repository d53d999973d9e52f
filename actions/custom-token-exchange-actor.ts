// Who acts for the subject of an exchange, and how much may be said of them: it ends up in a claim of every token.

import { isObject } from './post-login/complaints.ts';

const ACTOR_LEVELS = 5;
/** Beside `sub` and `act`, at each level; `type` is not counted. */
const ACTOR_MEMBERS = 5;
const ACTOR_SUB_CHARACTERS = 512;
const ACTOR_MEMBER_CHARACTERS = 64;
const ACTOR_VALUE_CHARACTERS = 64;

const KNOWN = ['sub', 'act', 'type'];

function levelFault(level: Record<string, unknown>): string | undefined {
  const { sub, type } = level;
  if (typeof sub !== 'string' || sub === '') return 'The actor object must contain a sub claim.';
  if (sub.length > ACTOR_SUB_CHARACTERS)
    return `Invalid setActor arguments: sub must NOT have more than ${ACTOR_SUB_CHARACTERS} characters`;
  if (type !== undefined && (typeof type !== 'string' || type.length > ACTOR_VALUE_CHARACTERS))
    return `Invalid setActor arguments: type must be a string of at most ${ACTOR_VALUE_CHARACTERS} characters`;
  const own = Object.entries(level).filter(([member]) => !KNOWN.includes(member));
  if (own.length > ACTOR_MEMBERS)
    return `No more than ${ACTOR_MEMBERS} custom properties are allowed in the actor object.`;
  for (const [member, value] of own) {
    if (
      typeof value !== 'string' &&
      typeof value !== 'boolean' &&
      !(typeof value === 'number' && Number.isFinite(value))
    )
      return 'Custom property in an actor object must be a string, number, or boolean.';
    if (member.length > ACTOR_MEMBER_CHARACTERS)
      return `Custom property key in an actor object must NOT have more than ${ACTOR_MEMBER_CHARACTERS} characters.`;
    if (typeof value === 'string' && value.length > ACTOR_VALUE_CHARACTERS)
      return `Custom string property value in an actor object must NOT have more than ${ACTOR_VALUE_CHARACTERS} characters.`;
  }
  return undefined;
}

/** What is wrong with an actor; undefined when nothing is. Looks no deeper than it allows. */
export function actorFault(actor: unknown): string | undefined {
  if (!isObject(actor)) return 'The actor must be a plain object.';
  let level: Record<string, unknown> = actor;
  for (let depth = 1; ; depth++) {
    const fault = levelFault(level);
    if (fault !== undefined) return fault;
    const { act } = level;
    if (act === undefined) return undefined;
    if (depth === ACTOR_LEVELS) return `Actor nesting must not exceed ${ACTOR_LEVELS} levels.`;
    if (!isObject(act)) return 'The act claim must be a plain object.';
    level = act;
  }
}
