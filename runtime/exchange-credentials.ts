// A client asks for a token of its own: the tenant's scripts may refuse it, add claims and settle its scopes. Whether the
// client may have those scopes at all is for whoever issues the token.

import type { CredentialsExchangeCommand } from '#actions/credentials-exchange-command.ts';
import { CUSTOM_CLAIMS_BYTES } from '#actions/post-login/tokens.ts';
import type { Json, JsonObject, TenantRecord } from '#storage/records.ts';
import { checkExchangeCommands, targetScopes } from './pipeline/credentials-exchange-commands.ts';
import { type Exchange, exchangeEvent } from './pipeline/credentials-exchange-event.ts';
import { runTrigger, type TriggerStage } from './pipeline/run-trigger.ts';
import type { Caller, Ports } from './ports.ts';
import type { Exchanged } from './runtime.ts';

export async function exchangeCredentials(
  ports: Ports,
  stage: TriggerStage,
  tenant: TenantRecord,
  exchange: Exchange,
  caller: Caller,
): Promise<Exchanged> {
  const { client, audience, scope } = exchange;
  const place = ports.geography.locate(caller.ip);
  const ran = await runTrigger<CredentialsExchangeCommand>(ports, stage, {
    tenant,
    trigger: 'credentials-exchange',
    handler: 'onExecuteCredentialsExchange',
    event: (before) => exchangeEvent(exchange, { tenant, caller, place }, before),
    check: checkExchangeCommands,
    ends: ({ name }) => name === 'access.deny',
    place: {
      tenantId: tenant.id,
      now: ports.now(),
      random: ports.random,
      clientId: client.id,
      clientName: client.name,
      ip: caller.ip,
      hostname: new URL(tenant.baseUrl).host,
      audience,
      ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    },
  });
  const executions: JsonObject = ran.executions.length === 0 ? {} : { actions: { executions: ran.executions } };
  switch (ran.outcome) {
    case 'failed': {
      const { reason, details } = ran;
      return { ok: false, code: 'access_denied', reason, details: { ...details, ...executions } };
    }
    case 'ended': {
      const { by, actionName } = ran;
      if (by.name !== 'access.deny') throw new Error(`an exchange does not end by ${by.name}`);
      return { ok: false, code: by.code, reason: by.reason, details: { action_name: actionName, ...executions } };
    }
    case 'done': {
      const claims = claimsOf(ran.commands);
      if (Buffer.byteLength(JSON.stringify(claims)) > CUSTOM_CLAIMS_BYTES) {
        const reason = `The custom claims are larger than the limit of ${CUSTOM_CLAIMS_BYTES / 1024} KB.`;
        return { ok: false, code: 'access_denied', reason, details: executions };
      }
      return { ok: true, scope: targetScopes(scope, ran.commands), claims, details: executions };
    }
  }
}

/** Of several calls for one claim the last one stands. */
function claimsOf(commands: readonly CredentialsExchangeCommand[]): JsonObject {
  return Object.fromEntries(
    commands.flatMap((command) =>
      command.name === 'accessToken.setCustomClaim' ? [[command.key, command.value as Json]] : [],
    ),
  );
}
