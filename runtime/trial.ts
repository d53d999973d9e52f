// What somebody tries out who has nobody in front of them: a message, or a script. Types alone.
import type { PhoneMessageType } from '#actions/custom-phone-provider.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Caller } from './ports.ts';
import type { ReplayScript } from './replayed-logins.ts';

/** A message that tries something out. `to`: E.164 where it parses. `type`: whose template is tried. */
export type PhoneTrial = { to: string; channel: 'sms' | 'voice'; type: PhoneMessageType; caller: Caller };

/** `trigger`: one that runs here. `event`: all that the script sees beside its secrets. */
export type ActionTrial = { trigger: string; event: JsonObject; script: ReplayScript };
