// Whose the tokens of an exchange will be: what a script may say of somebody, by their id or by a connection.

import { CREATION_BEHAVIORS, UPDATE_BEHAVIORS } from './custom-token-exchange-command.ts';
import { isObject, isTrueOrFalse, oneOf, type Rule, refuseBad, textUpTo } from './post-login/complaints.ts';

/** Of `user_id` within a connection, and of an organization's id or name. */
export const NAME_CHARACTERS = 255;
/** Of all attributes of somebody, as JSON in UTF-8. */
export const ATTRIBUTES_BYTES = 16 * 1024;
const ATTRIBUTES = 100;
const FIELD_CHARACTERS = 2048;

const required =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined ? 'must be given' : rule(value);

const name: Rule = (value) => (value === '' ? 'must NOT be empty' : textUpTo(NAME_CHARACTERS)(value));
export const nameFault = required(name);

const field = textUpTo(FIELD_CHARACTERS);
/** The fields of a profile that we know; any others may hold any JSON. */
const FIELDS: Readonly<Record<string, Rule>> = {
  user_id: name,
  email: field,
  email_verified: isTrueOrFalse,
  username: field,
  phone_number: field,
  phone_verified: isTrueOrFalse,
  name: field,
  given_name: field,
  family_name: field,
  nickname: field,
  picture: field,
  verify_email: isTrueOrFalse,
};

/** What is wrong with what is said of somebody; undefined when nothing is. */
export const attributesFault: Rule = (value) => {
  if (!isObject(value)) return 'must be object';
  if (value.user_id === undefined) return "must have required property 'user_id'";
  if (Object.keys(value).length > ATTRIBUTES) return `must NOT have more than ${ATTRIBUTES} properties`;
  for (const [known, rule] of Object.entries(FIELDS)) {
    const complaint = value[known] === undefined ? undefined : rule(value[known]);
    if (complaint !== undefined) return `/${known} ${complaint}`;
  }
  return undefined;
};

const creation = required(oneOf(...CREATION_BEHAVIORS));
const update = required(oneOf(...UPDATE_BEHAVIORS));

const optionsFault: Rule = (value) => {
  if (!isObject(value)) return 'must be object';
  const { creationBehavior, updateBehavior } = value;
  const creating = creation(creationBehavior);
  if (creating !== undefined) return `/creationBehavior ${creating}`;
  const updating = update(updateBehavior);
  return updating === undefined ? undefined : `/updateBehavior ${updating}`;
};

/** Throws with what is wrong with the arguments of `setUserByConnection`. */
export function refuseConnectionUser([connection, attributes, options]: unknown[]): void {
  refuseBad([
    ['connection_name', connection ?? null, nameFault],
    ['user_attributes', attributes ?? null, attributesFault],
    ['options', options ?? null, optionsFault],
  ]);
}
