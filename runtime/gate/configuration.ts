// How the tenant has an interaction run, or what holds where it says nothing. What it names and nobody can run is told as such:
// a configuration is written before all of it is there.
import type { Json, JsonObject } from '#storage/records.ts';
import type { KnownInteraction } from '../interaction-names.ts';
import type { ConfigurationMetadata, InteractionConfiguration } from '../interactions/interaction.ts';
import { functionOf } from '../interactions/run-execution.ts';
import type { Ports } from '../ports.ts';
import { notFound, type Refused, refuse } from './call.ts';
import { runsOutside } from './outside.ts';
import { PASSWORD_SCHEMA } from './password.ts';
import { REGISTRATION_SCHEMA } from './registration.ts';

type Configured = { ok: true; configuration: InteractionConfiguration; metadata: ConfigurationMetadata };

const SCHEMAS = new Map([
  ['password', PASSWORD_SCHEMA],
  ['initial-registration', REGISTRATION_SCHEMA],
]);

/** Those that a service of the tenant's may run in our place. */
const OPEN_TO_SERVICES = ['password', 'sms', 'email', 'external-api-authentication'];

/** @param body names the configured interaction where an external service is meant. */
export async function configurationFor(
  { store }: Pick<Ports, 'store'>,
  tenantId: string,
  interaction: KnownInteraction,
  body: JsonObject,
): Promise<Configured | Refused> {
  const { type, builtIn } = interaction;
  const isExternal = interaction.own === undefined;
  const { interaction: named } = body;
  if (isExternal && typeof named !== 'string') {
    return refuse('invalid_request', "The 'interaction' field is required.", { uncounted: true });
  }
  const record = await store.authenticationConfigurations.findByKey(tenantId, type);
  if (record ? !record.enabled : !builtIn) return notFound('Authentication configuration not found');
  const name = isExternal ? String(named) : interaction.name;
  const own = record && Object.hasOwn(record.interactions, name) ? record.interactions[name] : undefined;
  if (!isObject(own)) {
    if (isExternal) {
      return refuse('invalid_request', `The interaction '${name.slice(0, 100)}' is not configured.`, {
        uncounted: true,
      });
    }
    if (!builtIn) return notFound('Authentication configuration not found');
  }
  const configuration = isObject(own) ? (own as InteractionConfiguration) : {};
  const metadata: ConfigurationMetadata = record?.metadata ?? {};
  const unknown = withoutExecutor(interaction, configuration);
  if (unknown !== undefined) return notFound(`No authentication executor found for type: ${unknown}`);
  const schema = configuration.request?.schema ?? SCHEMAS.get(type);
  return { ok: true, configuration: { ...configuration, ...(schema ? { request: { schema } } : {}) }, metadata };
}

/** What the configuration has run, where nobody can. */
function withoutExecutor(
  { type, own, builtIn }: KnownInteraction,
  configuration: InteractionConfiguration,
): string | undefined {
  const { execution } = configuration;
  // Somebody new is made an account by us, whatever is written there.
  if (type === 'initial-registration') return undefined;
  if (runsOutside({ configuration }) && OPEN_TO_SERVICES.includes(type)) return undefined;
  const name = execution && functionOf(execution);
  if (name === undefined) return builtIn ? undefined : 'null';
  return name === own ? undefined : String(name).slice(0, 100);
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
