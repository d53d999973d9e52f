// Server, hosted pages: what a new account may be asked for beside an address and a password, where a tenant says so.

type Name = 'name' | 'given_name' | 'family_name' | 'phone';

/** `name`: of the field. */
export type ProfileField = { name: Name; required: boolean };

/** In the order of the page. `parameter`: as the registration of the JSON flow calls it. */
export const PROFILE_FIELDS = [
  { name: 'name', parameter: 'name', text: 'namePlaceholder', autocomplete: 'name' },
  { name: 'given_name', parameter: 'given_name', text: 'givenNamePlaceholder', autocomplete: 'given-name' },
  { name: 'family_name', parameter: 'family_name', text: 'familyNamePlaceholder', autocomplete: 'family-name' },
  { name: 'phone', parameter: 'phone_number', text: 'phonePlaceholder', autocomplete: 'tel-national' },
] as const satisfies readonly { name: Name; parameter: string; text: string; autocomplete: string }[];
