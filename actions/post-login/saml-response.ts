// `api.samlResponse`: settings of the answer to a SAML client. A bad value fails the login on purpose: who sets one
// counts on it.

import type { ApiMethod, Given } from '../trigger.ts';
import { isText, refuseBad } from './complaints.ts';
import {
  SAML_ATTRIBUTE_CHANGES,
  SAML_ATTRIBUTE_NAME_BYTES,
  SAML_BYTES,
  type SamlSetting,
  samlAttributeValue,
  samlSettings,
} from './saml-settings.ts';

const setter = (name: string, setting: SamlSetting): ApiMethod => ({
  name,
  takes: 1,
  returns: 'api',
  check: ([value]) => refuseBad([[setting.name, value, setting.rule]]),
  isIdle: ([value]) => value === undefined && setting.otherwise === undefined,
  record: ([value = setting.otherwise]) => [value],
});

/** What this run has set: bytes of each attribute as JSON, all of them together, and how often it has. */
type Attributes = { sizes: Record<string, number>; total: number; changes: number };

function attributesOf({ memory }: Given): Attributes {
  memory.samlAttributes ??= { sizes: { __proto__: null }, total: 0, changes: 0 };
  return memory.samlAttributes as Attributes;
}

/** The attributes with this one among them. */
function withAttribute([name, value = null]: unknown[], given: Given): Attributes {
  const { sizes, total, changes } = attributesOf(given);
  const attribute = name as string;
  const size = given.bytesOf(JSON.stringify({ [attribute]: value }));
  const before = sizes[attribute] ?? 0;
  return { sizes: { ...sizes, [attribute]: size }, total: total - before + size, changes: changes + 1 };
}

function checkAttribute(args: unknown[], given: Given): void {
  const [name, value = null] = args;
  refuseBad([
    ['attribute', name ?? null, isText],
    ['value', value, samlAttributeValue],
  ]);
  if (given.bytesOf(name as string) > SAML_ATTRIBUTE_NAME_BYTES)
    throw new Error(`attribute must NOT have more than ${SAML_ATTRIBUTE_NAME_BYTES} bytes`);
  const { total, changes } = withAttribute(args, given);
  if (changes > SAML_ATTRIBUTE_CHANGES)
    throw new Error(`A script must not change more than ${SAML_ATTRIBUTE_CHANGES} SAML attributes.`);
  if (total > SAML_BYTES)
    throw new Error(`The total size of the SAML attributes exceeds the limit of ${SAML_BYTES} bytes.`);
}

const setAttribute: ApiMethod = {
  name: 'setAttribute',
  takes: 2,
  returns: 'api',
  check: checkAttribute,
  record: ([name, value = null]) => [name, value],
  live(args, given) {
    given.memory.samlAttributes = withAttribute(args, given);
  },
};

export const samlResponse = (): ApiMethod[] => [
  setAttribute,
  ...Object.entries(samlSettings()).map(([name, setting]) => setter(name, setting)),
];
