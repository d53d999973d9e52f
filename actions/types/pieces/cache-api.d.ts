// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.cache`: small texts that Actions of one trigger keep for a while.

/** A kept text. */
export interface CacheRecord {
  /** The text. */
  value: string;
  /** When it ends, in milliseconds since 1970. */
  expires_at: number;
}

/** How long a text is kept. Of two ends the earlier one counts; without any it is 15 minutes; the most is 24 hours. */
export interface CacheSetOptions {
  /** Milliseconds from now. */
  ttl?: number;
  /** Milliseconds since 1970. */
  expires_at?: number;
}

/** Why nothing was kept or removed. */
export type CacheErrorCode =
  | 'MaxSideEffectsExceeded'
  | 'CacheKeySizeExceeded'
  | 'CacheValueSizeExceeded'
  | 'CacheSizeExceeded'
  | 'ItemAlreadyExpired'
  | 'InvalidExpiry'
  | 'FailedToSetCacheRecord'
  | 'FailedToDeleteCacheRecord'
  | 'CacheKeyDoesNotExist';

/** It was not done. */
export interface CacheError {
  /** Tells it from a success. */
  type: 'error';
  /** Why. */
  code: CacheErrorCode;
}

/** It was kept. */
export interface CacheSetSuccess {
  /** Tells it from an error. */
  type: 'success';
  /** What is kept now. */
  record: CacheRecord;
}

/** It is gone. */
export interface CacheDeleteSuccess {
  /** Tells it from an error. */
  type: 'success';
}

/**
 * Texts that all Actions of this trigger share, whoever signs in: never keep anything of a person here. What was set is
 * there for the rest of the run; later runs find it if they are lucky. No method throws or waits.
 */
export interface CacheAPI {
  /**
   * Finds a text.
   * @param key its name.
   * @returns the record, or `undefined` when there is none or its time is over.
   */
  get(key: string): CacheRecord | undefined;
  /**
   * Keeps a text under a name, in place of an older one. At most 20 names a trigger, 64 bytes a name, 4,096 bytes a
   * value, 16,640 bytes together.
   * @param key its name.
   * @param value the text; objects go through `JSON.stringify`.
   * @param options how long; 15 minutes without.
   * @returns whether it was kept, and until when. Nothing is thrown.
   */
  set(key: string, value: string, options?: CacheSetOptions): CacheSetSuccess | CacheError;
  /**
   * Removes a text.
   * @param key its name.
   * @returns success, or the code `CacheKeyDoesNotExist`. Nothing is thrown.
   */
  delete(key: string): CacheDeleteSuccess | CacheError;
}
