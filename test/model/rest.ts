// Tests, the reference model: what anybody can see of a login, said by the model of what should be and by the driver of what
// is. The two are compared as they stand.
import type { Factor } from './chain.ts';

/** Where a login waits for a person, or how it is over. `offers` in the order they are shown. */
export type Rest =
  | { at: 'identifying' }
  | { at: 'choosing'; to: 'challenge' | 'enroll'; offers: string[] }
  /** How a phone is to be reached. */
  | { at: 'choosing a way'; offers: string[] }
  /** `by`: how a phone is reached. */
  | { at: 'challenging'; factor: string; offers: string[]; box: Box; by?: 'sms' | 'voice' }
  /** `sent`: a code is on its way to the number or mailbox that is being enrolled. */
  | { at: 'enrolling'; factor: string; offers: string[]; sent: boolean }
  | { at: 'away'; url: string }
  | { at: 'form' }
  | { at: 'completed'; proven: string[] }
  | { at: 'denied'; code: string; reason: string };

/** Whether "remember this browser" is shown; `always`: it is remembered without a box. */
export type Box = 'never' | 'offered' | 'always';

/** What a step did: `refused` when the state does not take what was sent. */
export type Seen = { rest: Rest; refused?: true; notice?: string };

/** One run of an Action, as it told the console what it saw when it began; empty when it never began. */
export type Run = { action: string; saw: string };

/** A tenant log line of the types that scripts' asks write: `mfar` and `w`. */
export type Line = { type: string; text: string };

/** What is found in the database when somebody is away or the login is over. */
export type Stored = { app: Record<string, string>; user: Record<string, string>; authenticators: Factor[] };

/** What stands for words that no reference fixes. */
export const ANY_TEXT = '(any text)';
