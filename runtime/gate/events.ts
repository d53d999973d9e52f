// The security events of an interaction: what happened, to whom, from where, and of a failure why. Source: idp-server
// reference, §5.
import type { Json, JsonObject, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { securityEvent } from '../security-event.ts';
import type { InteractionCall, Refused, Succeeded } from './call.ts';
import { scrubbed } from './secrets.ts';

/** @param failures of what followed it, which changed nothing. */
export function successEvents(call: InteractionCall, { user }: Succeeded, failures: Json[]): Change[] {
  const detail = failures.length === 0 ? aboutOf(call) : { ...aboutOf(call), post_hook_failures: failures };
  return [
    eventOf(call, {
      type: `${prefixOf(call)}_success`,
      description: `${call.interaction.name} succeeded.`,
      detail,
      ...(user ? { user } : {}),
    }),
  ];
}

export function failureEvents(call: InteractionCall, refused: Refused): Change[] {
  const { reason, because = 'failure', body, status, user, userName } = refused;
  const execution_result = scrubbed(body, call.metadata.verification_code_param);
  const whom = { ...(user ? { user } : {}), ...(userName === undefined ? {} : { userName }) };
  const detail = { ...aboutOf(call), status_code: status, execution_result };
  const failure = eventOf(call, { type: `${prefixOf(call)}_${because}`, description: reason, detail, ...whom });
  if (body.error_description !== INACTIVE) return [failure];
  return [
    failure,
    eventOf(call, { type: 'user_status_inactive', description: INACTIVE, detail: aboutOf(call), ...whom }),
  ];
}

const INACTIVE = 'The user is not active.';

export function lockEvent(call: InteractionCall, user: UserRecord): Change {
  const description = 'The conditions of the policy under which an account is locked have come true.';
  return eventOf(call, { type: 'user_lock', description, detail: aboutOf(call), user });
}

const eventOf = ({ ports, tx, world, caller }: InteractionCall, draft: Parameters<typeof securityEvent>[2]): Change =>
  securityEvent(ports, { tx, world, caller }, draft);

function prefixOf({ interaction, body }: InteractionCall): string {
  const { own, event } = interaction;
  if (own !== undefined || typeof body.interaction !== 'string') return event;
  return `external_api_${body.interaction.replaceAll(/[^\w-]/g, '_').slice(0, 100)}`;
}

function aboutOf({ interaction, caller }: InteractionCall): JsonObject {
  const { name, method } = interaction;
  return {
    interaction: name,
    method,
    action: caller.method,
    ip_address: caller.ip,
    user_agent: caller.userAgent ?? '',
  };
}
