// Guest code: what the methods of `api` are given of the run, and what they remember of it. One context, one run: before
// it there is a rehearsal at most, which is forgotten.

import type { CacheEntry, Given } from '../trigger.ts';
import { isUrl } from './calls.ts';
import { currentTime } from './clock.ts';
import { byteLength, parse } from './primordials.ts';
import { overLimit, recordCommand } from './recorder.ts';

/** As texts, because they are read by few scripts. */
const texts = { event: '{}', cache: '{}' };
let cache: Record<string, CacheEntry> | undefined;

/** The given of a context; `event` and `memory` are set when its run starts. */
export const given: Given & { event: unknown; memory: Record<string, unknown> } = {
  event: undefined,
  memory: {},
  original: () => parse(texts.event) as unknown,
  now: currentTime,
  cache() {
    cache ??= parse(texts.cache) as Record<string, CacheEntry>;
    return cache;
  },
  record: (name: string, args: unknown[]) => recordCommand(name, args, undefined, false),
  abort: (message: string) => overLimit(undefined, message),
  bytesOf: byteLength,
  isUrl,
};

/** The cache of the trigger, as it is when the run begins. */
export function setCache(json: string): void {
  texts.cache = json;
}

/** A run begins with this event. `event` is the object that the script gets. */
export function setGiven(event: unknown, eventJson: string): void {
  given.event = event;
  given.memory = { __proto__: null };
  texts.event = eventJson;
  cache = undefined;
}
