// An interaction as its configuration has it run: hooks and the outside service around it, what they are given to read, what
// is kept of their answers, and how their failures are told.
import type { Json, JsonObject, UserRecord } from '#storage/records.ts';
import { PRE_HOOK_RESULTS, runPostHook, runPreHook } from '../interactions/hooks.ts';
import type { Executed, MappingContext } from '../interactions/interaction.ts';
import { functionOf, OUTSIDE_FUNCTIONS, responseBody, runExecution, storeOf } from '../interactions/run-execution.ts';
import { type InteractionCall, type Refused, refuse, wrongCode } from './call.ts';
import { withoutCode } from './secrets.ts';

/** `reads`: what mapping rules see from here on. `said`: what is told of the answer where there are no rules. */
export type Asked = { ok: true; reads: MappingContext; said: JsonObject; kept: Record<string, JsonObject> };

/** Whether what the configuration names is run outside rather than by us. */
export function runsOutside({ configuration: { execution } }: Pick<InteractionCall, 'configuration'>): boolean {
  return execution !== undefined && OUTSIDE_FUNCTIONS.includes(functionOf(execution) ?? '');
}

/** What rules about the request see. `body`: the caller's, with what we have made of it. */
export function requestContext(call: InteractionCall, body: JsonObject): MappingContext {
  const { tx, world, caller, interaction, configuration } = call;
  const former = configuration.execution?.previous_interaction?.key;
  const { user } = world;
  return {
    request_body: body,
    // Not the address itself: the id of a login in it is all that a program needs to go on with it.
    request_attributes: {
      ip_address: caller.ip,
      user_agent: caller.userAgent ?? '',
      action: caller.method,
      resource: `/${world.tenant.name}/v1/authorizations/${interaction.name}`,
    },
    ...(former === undefined ? {} : { interaction: tx.kept[former] ?? {} }),
    ...(user ? { user: personOf(user, world.roles) } : {}),
  };
}

/** Runs the hook that comes first. */
export async function prepared(call: InteractionCall, context: MappingContext): Promise<Asked | Refused> {
  const { ports, tx, configuration } = call;
  const before = await runPreHook(ports, tx, configuration.pre_hook, context);
  if (!before.ok) return failed(call, before.executed, { ...context, ...before.executed.contents });
  return { ok: true, reads: { ...context, [PRE_HOOK_RESULTS]: before.results }, said: {}, kept: {} };
}

export async function askOutside(call: InteractionCall, context: MappingContext): Promise<Asked | Refused> {
  const { ports, tx, configuration } = call;
  const { execution = {} } = configuration;
  const executed = await runExecution(ports, tx, execution, context);
  const reads = { ...context, ...executed.contents };
  if (!executed.ok) return failed(call, executed, reads);
  const store = storeOf(execution, executed, ports);
  return { ok: true, reads, said: rawAnswer(call, reads), kept: store ? { [store.key]: store.payload } : {} };
}

/** What a caller is told: by the rules that there are, or `answer`. */
export function answerOf(call: InteractionCall, reads: MappingContext, answer: JsonObject): JsonObject {
  const { configuration, metadata, ports } = call;
  const body = responseBody(configuration, reads, ports) ?? answer;
  // A development environment has no phones: there the service's own word is let through.
  return ports.inbox ? body : withoutCode(body, metadata.verification_code_param);
}

/** After a success, and whatever comes of it changes nothing. @returns what went wrong, for the tenant. */
export async function followUp(call: InteractionCall, reads: MappingContext): Promise<Json[]> {
  const { ports, tx, configuration } = call;
  const failures = await runPostHook(ports, tx, configuration.post_hook, reads);
  return failures.map(({ status, fault }) => ({ status, ...(fault === undefined ? {} : { fault }) }));
}

const NO_CONNECTION = 'Failed to connect to external authentication service';
const UNREACHABLE = { code: 'server_error', status: 503, text: NO_CONNECTION } as const;
const FAULTS: Record<
  NonNullable<Executed['fault']>,
  { code: 'server_error' | 'external_service_error'; status: number; text: string }
> = {
  unreachable: UNREACHABLE,
  'refused-address': UNREACHABLE,
  'token-unreachable': UNREACHABLE,
  timeout: { ...UNREACHABLE, status: 504 },
  'token-refused': {
    code: 'external_service_error',
    status: 502,
    text: 'Failed to authenticate with the external service. Please check the oauth_authorization settings.',
  },
  skipped: {
    code: 'server_error',
    status: 500,
    text: 'All configured http requests were skipped by their conditions. No external call was made.',
  },
};

/** Faults before which nothing can have been judged. */
const UNASKED: readonly Executed['fault'][] = [
  'unreachable',
  'refused-address',
  'token-unreachable',
  'token-refused',
  'skipped',
];

function failed(call: InteractionCall, { fault, status }: Executed, reads: MappingContext): Refused {
  if (fault !== undefined) {
    const { code, status: told, text } = FAULTS[fault];
    const unasked = UNASKED.includes(fault) ? { unasked: true as const } : {};
    return refuse(code, text, { status: told, reason: `The external service was not asked: ${fault}`, ...unasked });
  }
  const said = answerOf(call, reads, rawAnswer(call, reads));
  const reason = `The external service answered ${status}`;
  if (typeof said.error === 'string') return { ok: false, status, body: said, reason };
  if (status >= 500) return refuse('server_error', NO_CONNECTION, { status, reason });
  const { operation, channel, method } = call.interaction;
  if (channel && operation !== 'CHALLENGE') return wrongCode(reason);
  if (method === 'password') {
    const notice = { key: 'wrong-credentials' } as const;
    return refuse('invalid_credentials', 'Invalid username or password', { reason, notice });
  }
  return refuse('invalid_request', 'The external authentication service refused the request', { status, reason });
}

/** Where no rules say otherwise, what the service said is told of passwords and of services at large, and not of codes. */
function rawAnswer({ interaction }: InteractionCall, { execution_http_request: single }: MappingContext): JsonObject {
  if (interaction.channel) return {};
  const body = isObject(single) ? single.response_body : undefined;
  return isObject(body) ? body : {};
}

/** What services may be told of the person: an allow-list (idp-server reference, §2.4). */
function personOf(user: UserRecord, roles: readonly string[]): JsonObject {
  const { id, email, phoneNumber, name, givenName, familyName, appMetadata } = user;
  return {
    sub: id,
    roles: [...roles],
    custom_properties: appMetadata,
    ...(email === undefined ? {} : { email }),
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber }),
    ...(name === undefined ? {} : { name }),
    ...(givenName === undefined ? {} : { given_name: givenName }),
    ...(familyName === undefined ? {} : { family_name: familyName }),
  };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
