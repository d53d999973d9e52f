// Which of the interactions it is.

import { checkBody } from '../interactions/request-schema.ts';
import { badRequest, type InteractionCall, type Refused, refuse, type Succeeded } from './call.ts';
import { challengeCode } from './challenge.ts';
import { verifyCode } from './codes.ts';
import { askExternal } from './external.ts';
import { challengeKeys, verifyKeys } from './keys.ts';
import { checkPassword } from './password.ts';
import { REGISTRATION_SCHEMA, registerDraft } from './registration.ts';

export async function runInteraction(call: InteractionCall): Promise<Succeeded | Refused> {
  const { interaction, tx, body, configuration } = call;
  const { channel, operation } = interaction;
  if (channel && operation === 'CHALLENGE') return challengeCode({ ...call, channel });
  // It takes a try before it looks at anything.
  if (channel) return verifyCode({ ...call, channel });
  if (operation === 'REGISTRATION' && tx.subject.kind === 'user') return otherUser();
  const schema = configuration.request?.schema;
  const errors = operation === 'CHALLENGE' ? [] : checkBody(schema, body);
  if (errors.length > 0) return badRequest(call, errors);
  switch (interaction.type) {
    case 'initial-registration':
      return registerDraft(call, schema?.properties === undefined ? REGISTRATION_SCHEMA : schema);
    case 'password':
      return checkPassword(call);
    case 'fido2':
      return operation === 'CHALLENGE' ? challengeKeys(call) : verifyKeys(call);
    case 'external-api-authentication':
      return askExternal(call);
    default:
      throw new Error(`nobody runs ${interaction.name}`);
  }
}

/** A login is one person's. */
export const otherUser = (): Refused =>
  refuse('invalid_request', 'User is not the same as the request', { uncounted: true });
