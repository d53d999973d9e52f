// Storage: which log lines somebody asks for, as conditions on what is kept of them. Case counts, and nothing is taken apart
// into words, on both databases alike.

/** Texts of a line: columns, and what its document holds under these keys. */
export type LogText =
  | 'id'
  | 'type'
  | 'userId'
  | 'clientId'
  | 'clientName'
  | 'connection'
  | 'connectionId'
  | 'description'
  | 'hostname'
  | 'ip'
  | 'organizationId'
  | 'userName'
  | 'userAgent'
  | 'strategy'
  | 'strategyType';

export type LogFilter =
  /** `all` of nothing holds, `any` of nothing does not. */
  | { kind: 'all' | 'any'; of: readonly LogFilter[] }
  | { kind: 'not'; of: LogFilter }
  | { kind: 'text'; of: LogText; is: string }
  /** Texts with anything between them. */
  | { kind: 'like'; of: LogText; texts: readonly string[] }
  | { kind: 'given'; of: LogText }
  /** Ids sort by time. Both bounds belong to it. */
  | { kind: 'ids'; from?: string; to?: string }
  /** Milliseconds. Both bounds belong to it. */
  | { kind: 'time'; from?: number; to?: number };
