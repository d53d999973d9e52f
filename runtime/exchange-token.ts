// A client has a token from elsewhere: the one Action of its profile says whose it is. What it says is not believed yet:
// whether there is such a user, connection or organization is for whoever issues the tokens.

import type { CustomTokenExchangeCommand } from '#actions/custom-token-exchange-command.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import { checkTokenExchangeCommands, metadataBy, refuses } from './pipeline/custom-token-exchange-commands.ts';
import { type TokenExchange, tokenExchangeEvent } from './pipeline/custom-token-exchange-event.ts';
import { runTrigger, type TriggerStage } from './pipeline/run-trigger.ts';
import type { Caller, Ports } from './ports.ts';
import type { ExchangedUser, TokenExchanged } from './runtime.ts';
import type { BoundAction } from './transaction/transaction.ts';

const TRIGGER = 'custom-token-exchange';

export async function exchangeToken(
  ports: Ports,
  stage: TriggerStage,
  tenant: TenantRecord,
  exchange: TokenExchange,
  caller: Caller,
): Promise<TokenExchanged> {
  const { client, audience, organization, subjectToken, actor } = exchange;
  const action = await actionOf(ports, tenant, exchange.profile);
  if (!action) {
    const reason = 'The token exchange profile has no deployed Action.';
    return { ok: false, kind: 'failed', code: 'access_denied', reason, details: {} };
  }
  const place = ports.geography.locate(caller.ip);
  const ran = await runTrigger<CustomTokenExchangeCommand>(ports, stage, {
    tenant,
    trigger: TRIGGER,
    handler: 'onExecuteCustomTokenExchange',
    plan: [action],
    hidden: [subjectToken, ...(actor ? [actor.token] : [])],
    event: () => tokenExchangeEvent(exchange, { tenant, caller, place }),
    check: checkTokenExchangeCommands,
    ends: refuses,
    place: {
      tenantId: tenant.id,
      now: ports.now(),
      random: ports.random,
      clientId: client.id,
      clientName: client.name,
      ip: caller.ip,
      hostname: new URL(tenant.baseUrl).host,
      ...(audience === undefined ? {} : { audience }),
      ...(organization ? { organizationId: organization.id, organizationName: organization.name } : {}),
      ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    },
  });
  const executions: JsonObject = { actions: { executions: ran.executions } };
  switch (ran.outcome) {
    case 'failed': {
      const { reason, details } = ran;
      return { ok: false, kind: 'failed', code: 'access_denied', reason, details: { ...details, ...executions } };
    }
    case 'ended': {
      const { by, actionName } = ran;
      if (by.name !== 'access.deny' && by.name !== 'access.rejectInvalidSubjectToken')
        throw new Error(`an exchange does not end by ${by.name}`);
      const details = { action_name: actionName, ...executions };
      const reason = ran.redact(by.reason);
      return by.name === 'access.deny'
        ? { ok: false, kind: 'denied', code: ran.redact(by.code), reason, details }
        : { ok: false, kind: 'invalid-subject', code: 'invalid_request', reason, details };
    }
    case 'done':
      return { ok: true, ...toldBy(ran.commands), details: executions };
  }
}

/** What the profile names, if it can run: a profile outlives its Action's removal and may name one not deployed yet. */
async function actionOf(
  { store }: Ports,
  tenant: TenantRecord,
  { id, actionId }: TokenExchange['profile'],
): Promise<BoundAction | undefined> {
  const action = await store.actions.find(tenant.id, actionId);
  if (action?.deployedVersionId === undefined || action.trigger.id !== TRIGGER) return undefined;
  return { bindingId: id, actionId, versionId: action.deployedVersionId, name: action.name };
}

function toldBy(
  commands: readonly CustomTokenExchangeCommand[],
): Omit<Extract<TokenExchanged, { ok: true }>, 'ok' | 'details'> {
  let user: ExchangedUser | undefined;
  let actor: JsonObject | undefined;
  let organization: string | undefined;
  for (const command of commands) {
    if (command.name === 'authentication.setUserById') user = { by: 'id', userId: command.userId };
    else if (command.name === 'authentication.setUserByConnection') {
      const { name: _name, ...somebody } = command;
      user = { by: 'connection', ...somebody };
    } else if (command.name === 'authentication.setActor') actor = command.actor as JsonObject;
    else if (command.name === 'authentication.setOrganization') organization = command.organization;
  }
  if (!user) throw new Error('an exchange was checked and names nobody');
  return {
    user,
    ...(actor ? { actor } : {}),
    ...(organization === undefined ? {} : { organization }),
    appMetadata: metadataBy('user.setAppMetadata', commands) as JsonObject,
    userMetadata: metadataBy('user.setUserMetadata', commands) as JsonObject,
  };
}
