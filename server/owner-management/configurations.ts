// Owner management: authentication configurations: how interactions of one kind are carried out. Kept and shown as they
// were written, with the secrets of outside services for who may write them only. Source: idp-server reference, §2.
import { checkConfiguration } from '#runtime/interactions/check-configuration.ts';
import type { AuthenticationConfigurationRecord, Json, JsonObject } from '#storage/records.ts';
import { maskWithin } from '../management/mask.ts';
import { type Family, familyRoutes } from './kept-family.ts';
import { invalidRequest, type OwnerRefusal } from './owner-answer.ts';
import { isJsonObject } from './owner-body.ts';
import { unknownNames } from './owner-schema.ts';

const KNOWN = ['id', 'type', 'enabled', 'attributes', 'metadata', 'interactions'];
/** It stands in paths and in names of events. */
const TYPE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

type Parts = Pick<AuthenticationConfigurationRecord, 'type' | 'attributes' | 'metadata' | 'interactions'>;

const family: Family<AuthenticationConfigurationRecord> = {
  path: '/authentication-configurations',
  noun: 'Authentication configuration',
  scopes: { read: 'read:mfa_policies', write: 'update:mfa_policies' },
  collection: (store) => store.authenticationConfigurations,
  key: { name: 'type', of: ({ type }) => type },

  async read({ body }) {
    const parts = partsOf(body);
    if ('ok' in parts) return parts;
    const { type, metadata, interactions } = parts;
    const { errors, warnings } = checkConfiguration(type, metadata, interactions);
    if (errors.length > 0) return invalidRequest('The authentication configuration is invalid.', errors);
    return { ok: true, make: (kept) => ({ ...kept, ...parts }), warnings: [...unknownNames(body, KNOWN), ...warnings] };
  },

  show: ({ id, type, enabled, attributes, metadata, interactions }) => ({
    id,
    type,
    enabled,
    attributes,
    metadata,
    interactions,
  }),
  masked: (shown) => Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, maskWithin(value)])),
};

export const configurationRoutes = familyRoutes(family);

function partsOf({ type, attributes, metadata, interactions }: JsonObject): Parts | OwnerRefusal {
  const found = {
    attributes: objectOf(attributes),
    metadata: objectOf(metadata),
    interactions: objectOf(interactions),
  };
  const isType = typeof type === 'string' && TYPE.test(type);
  const messages = [
    ...(type === undefined ? ['type is missing'] : []),
    ...(type === undefined || isType ? [] : ['type must be a text of letters, digits, hyphens, dots and underscores']),
    ...Object.entries(found).flatMap(([name, value]) => (value ? [] : [`${name} must be an object`])),
  ];
  const { attributes: own, metadata: meta, interactions: all } = found;
  if (isType && own && meta && all) return { type, attributes: own, metadata: meta, interactions: all };
  return invalidRequest('The authentication configuration is invalid.', messages);
}

/** Empty where nothing is given; undefined where it is something else. */
function objectOf(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return {};
  return isJsonObject(value) ? value : undefined;
}
