// `api.session` and `api.refreshToken`: how long they live, what is noted on them, and their end.

import type { ApiMethod, Given, RecordingMethod } from '../trigger.ts';
import { isNumber, isObject, isText, isTrueOrFalse, refuseBad, textUpTo } from './complaints.ts';

export const SESSION_METADATA_KEYS = 25;
/** Most characters of a key, and of a value. */
export const SESSION_METADATA_CHARACTERS = 255;
const REVOKE_REASON = 1024;

type Metadata = Record<string, string>;
type Event = Record<'session' | 'refresh_token', { metadata?: Metadata; [member: string]: unknown } | undefined>;

/** What metadata belongs to. `mustExist`: nothing can be noted on one that is still to come. */
type Holder = { field: keyof Event; label: string; mustExist: boolean };

const SESSION: Holder = { field: 'session', label: 'session', mustExist: true };
const REFRESH_TOKEN: Holder = { field: 'refresh_token', label: 'refresh token', mustExist: false };

function refuseOnline({ field }: Holder, method: string, given: Given): void {
  if (field === 'refresh_token' && (given.event as Event).refresh_token?.access === 'online')
    throw new Error(`Cannot call ${method} on an online refresh token.`);
}

/** As the holder has it, with what this run has changed; undefined where there is no holder. */
function metadataOf({ field, mustExist }: Holder, { memory, original }: Given): Metadata | undefined {
  if (memory[field] === undefined) {
    const holder = (original() as Event)[field];
    if (holder === undefined && mustExist) return undefined;
    memory[field] = { ...holder?.metadata };
  }
  return memory[field] as Metadata;
}

/** What is wrong with one entry; undefined when nothing is. */
export function metadataFault(key: string, value: string): string | undefined {
  const most = SESSION_METADATA_CHARACTERS;
  if (key.length > most) return `All metadata keys must be at most ${most} characters long`;
  if (key.includes('\0')) return 'Metadata keys must not contain null bytes (\0)';
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Metadata keys may only include letters, numbers, underscores, or hyphens';
  if (value.length > most) return `All metadata values must be at most ${most} characters long`;
  return value.includes('\0') ? 'Metadata values must not contain null bytes (\0)' : undefined;
}

function entryFault(holder: Holder, [key, value]: unknown[], given: Given): string | undefined {
  const current = metadataOf(holder, given);
  if (current === undefined) return `Cannot set metadata on a ${holder.label} that does not exist.`;
  if (typeof key !== 'string') return 'Invalid metadata: Metadata key must be a string';
  if (value === null) return undefined;
  if (typeof value !== 'string') return 'Invalid metadata: Metadata value must be a string';
  if (Object.keys({ ...current, [key]: value }).length > SESSION_METADATA_KEYS)
    return `Invalid metadata: Metadata must not contain more than ${SESSION_METADATA_KEYS} entries`;
  const fault = metadataFault(key, value);
  return fault && `Invalid metadata: ${fault}`;
}

/** Keeps what the metadata has become, and shows it in the event where the holder is there already. */
function keep({ field }: Holder, next: Metadata, given: Given): void {
  given.memory[field] = next;
  const shown = (given.event as Event)[field];
  if (isObject(shown)) shown.metadata = { ...next };
}

function without(holder: Holder, key: unknown, given: Given): Metadata {
  const next = { ...metadataOf(holder, given) };
  delete next[key as string];
  return next;
}

function metadataMethods(holder: Holder): ApiMethod[] {
  const isMissing = ([key]: unknown[], given: Given): boolean =>
    !Object.hasOwn(metadataOf(holder, given) ?? {}, key as string);
  return [
    {
      name: 'setMetadata',
      takes: 2,
      returns: 'nothing',
      check(args, given) {
        try {
          refuseOnline(holder, 'setMetadata', given);
          const fault = entryFault(holder, args, given);
          if (fault !== undefined) throw new Error(fault);
        } catch (error) {
          throw new Error(`Failed to set ${holder.label} metadata: ${(error as Error).message}`);
        }
      },
      isIdle: (args, given) => args[1] === null && isMissing(args, given),
      live([key, value], given) {
        const rest = without(holder, key, given);
        keep(holder, value === null ? rest : { ...rest, [key as string]: value as string }, given);
      },
    },
    {
      name: 'deleteMetadata',
      takes: 1,
      returns: 'nothing',
      check: (_args, given) => refuseOnline(holder, 'deleteMetadata', given),
      isIdle: isMissing,
      record: ([key]) => [`${key}`],
      live: ([key], given) => keep(holder, without(holder, key, given), given),
    },
    {
      name: 'evictMetadata',
      takes: 0,
      returns: 'nothing',
      check: (_args, given) => refuseOnline(holder, 'evictMetadata', given),
      isIdle: (_args, given) => Object.keys(metadataOf(holder, given) ?? {}).length === 0,
      live: (_args, given) => keep(holder, {}, given),
    },
  ];
}

/** `setExpiresAt` and `setIdleExpiresAt`: milliseconds since 1970. */
const expiryMethod = (holder: Holder, name: string, limit: 'absolute' | 'inactivity'): ApiMethod => ({
  name,
  takes: 1,
  returns: 'nothing',
  check([at], given) {
    refuseOnline(holder, name, given);
    if (!at) throw new Error('Either inactivity or absolute expiration time must be provided');
    refuseBad([[limit, at, isNumber]]);
  },
});

const shared = (holder: Holder): ApiMethod[] => [
  expiryMethod(holder, 'setExpiresAt', 'absolute'),
  expiryMethod(holder, 'setIdleExpiresAt', 'inactivity'),
  ...metadataMethods(holder),
];

function revokeOptions(options: unknown): string | undefined {
  if (!isObject(options)) return 'must be object';
  for (const key of Object.keys(options))
    if (key !== 'preserveRefreshTokens') return 'must NOT have additional properties';
  return undefined;
}

const revokeSession: RecordingMethod = {
  returns: 'nothing',
  check([message, options]) {
    refuseBad([
      ['message', message, isText],
      ['options', options, revokeOptions],
      ['preserveRefreshTokens', isObject(options) ? options.preserveRefreshTokens : undefined, isTrueOrFalse],
    ]);
  },
  record: ([reason = '', options]) => [
    reason,
    { preserveRefreshTokens: isObject(options) && options.preserveRefreshTokens === true },
  ],
};

const cookieMode: RecordingMethod = {
  returns: 'nothing',
  check([mode]) {
    if (!mode) throw new Error('Cookie mode must be provided');
    if (mode !== 'persistent' && mode !== 'non-persistent')
      throw new Error(`Invalid cookie mode: ${mode}. Valid values are 'persistent' and 'non-persistent'.`);
  },
  live([mode], given) {
    const event = given.event as Event;
    const { session } = event;
    // In some flows the session is an empty object: then there is nothing to show it on.
    if (!isObject(session) || Object.keys(session).length === 0) return;
    event.session = { ...session, cookie: { ...(isObject(session.cookie) ? session.cookie : {}), mode } };
  },
};

const reason = textUpTo(REVOKE_REASON);

export const session = (): ApiMethod[] => [
  ...shared(SESSION),
  { name: 'revoke', takes: 2, ...revokeSession },
  { name: 'setCookieMode', takes: 1, ...cookieMode },
];

export const refreshToken = (): ApiMethod[] => [
  ...shared(REFRESH_TOKEN),
  {
    name: 'revoke',
    takes: 1,
    returns: 'nothing',
    check: ([message]) => refuseBad([['message', message, reason]]),
    record: ([message = '']) => [message],
  },
];
