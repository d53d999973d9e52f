// Delivery: the one provider of phone messages that a tenant can have for everything it sends to phones, as it is kept:
// Twilio, or an Action of its own. Shape: mfa-wire reference, section 4.5.
import type { Json, JsonObject, ProviderRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { TwilioAccount } from './twilio.ts';

/** Name of the row that holds it. */
export const BRANDING_PHONE = 'phone:branding';

export const DELIVERY_METHODS = ['text', 'voice'] as const;

/** The settings of the row. `configuration` may hold `sid`, `default_from` and `mssid`, all of Twilio. */
export type BrandingPhone = {
  name: 'twilio' | 'custom';
  disabled: boolean;
  configuration: JsonObject & { delivery_methods: (typeof DELIVERY_METHODS)[number][] };
  credentials: JsonObject;
};

/** @throws where the row holds anything else: a damaged database. */
export function readBrandingPhone({ settings }: Pick<ProviderRecord, 'settings'>): BrandingPhone {
  const { name, disabled } = settings;
  if (name !== 'twilio' && name !== 'custom') throw new Error('the provider of phone messages of a tenant is damaged');
  const configuration = objectOf(settings.configuration);
  const { delivery_methods: given } = configuration;
  const methods = DELIVERY_METHODS.filter((method) => !Array.isArray(given) || given.includes(method));
  return {
    name,
    disabled: disabled === true,
    configuration: { ...configuration, delivery_methods: methods },
    credentials: objectOf(settings.credentials),
  };
}

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The account with which it sends. `source` is the id of its row. */
export function brandingTwilioOf(row: Pick<ProviderRecord, 'id' | 'settings'>): TwilioAccount {
  const { configuration, credentials } = readBrandingPhone(row);
  return {
    source: row.id,
    sid: textOf(configuration.sid),
    authToken: textOf(credentials.auth_token),
    from: textOf(configuration.default_from),
    messagingServiceSid: textOf(configuration.mssid),
  };
}

export function findBrandingPhone(
  { providers }: Pick<Store, 'providers'>,
  tenantId: string,
): Promise<ProviderRecord | undefined> {
  return providers.findByKey(tenantId, BRANDING_PHONE);
}
