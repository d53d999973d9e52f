// The arguments of every command, as they must be when they come out of a sandbox. The limits are those that scripts are
// told inside; here they are kept, whatever a script has bent in there.
import { z } from 'zod';
import { VALIDATION_TEXT } from '#actions/post-login/access.ts';
import { METHOD_URL_CHARACTERS, USER_ID_CHARACTERS } from '#actions/post-login/authentication.ts';
import { CACHE_KEY_BYTES, CACHE_VALUE_BYTES } from '#actions/post-login/cache.ts';
import { textUpTo } from '#actions/post-login/complaints.ts';
import {
  entriesFault,
  FORM_ID_CHARACTERS,
  FORM_OPTIONS_BYTES,
  REDIRECT_CHARACTERS,
} from '#actions/post-login/leaving.ts';
import { SAML_ATTRIBUTE_NAME_BYTES, samlAttributeValue, samlSettings } from '#actions/post-login/saml-settings.ts';
import { metadataFault, SESSION_METADATA_CHARACTERS } from '#actions/post-login/sessions.ts';
import { scopeFault } from '#actions/post-login/tokens.ts';
import { TRANSACTION_KEY, TRANSACTION_VALUE_BYTES } from '#actions/post-login/transaction.ts';
import { MFA_PROVIDERS, type PostLoginCommand } from '#actions/post-login-command.ts';

const FACTORS_LIMIT = 20;
/** Of a `Date`, ECMA-262 §21.4.1.1. */
const LAST_TIME = 8.64e15;

type Setting = `samlResponse.${string}`;
export type PlainName = Exclude<PostLoginCommand['name'], Setting>;
type Fields<Name extends PlainName> = Omit<Extract<PostLoginCommand, { name: Name }>, 'name'>;
/** The command's fields, or undefined for arguments that it does not take. */
type Parser<Out> = (args: unknown) => Out | undefined;

const parser =
  <Args, Out>(schema: z.ZodType<Args>, build: (args: Args) => Out): Parser<Out> =>
  (args) => {
    const parsed = schema.safeParse(args);
    return parsed.success ? build(parsed.data) : undefined;
  };

const bytesUpTo = (most: number) => z.string().refine((text) => Buffer.byteLength(text) <= most);
const json = z.json();
const jsonObject = z.record(z.string(), json);

const factor = z
  .object({ type: z.string().max(100), options: jsonObject.nullish() })
  .transform(({ type, options }) => ({ type, ...(options ? { options } : {}) }));
const factors = z.array(factor).max(FACTORS_LIMIT);
const oneFactor = parser(
  z.union([z.tuple([factor]), z.tuple([factor, z.object({ additionalFactors: factors.nullish() }).nullable()])]),
  ([factor, options]) => ({ factor, additionalFactors: options?.additionalFactors ?? [] }),
);
const anyFactor = parser(z.tuple([factors]), ([factors]) => ({ factors }));

const claim = parser(z.tuple([z.string().min(1).max(1024), json]), ([key, value]) => ({ key, value }));
const userMetadata = parser(z.tuple([z.string().max(1024), json]), ([key, value]) => ({ key, value }));

const scope = parser(
  z.tuple([z.string().refine((text) => text === text.trim() && scopeFault(text) === undefined)]),
  ([scope]) => ({ scope }),
);

const isWeb = (text: string): boolean => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');

/** Milliseconds since 1970: a time before it has passed as well as one at it, and there is none after the last. */
const time = parser(z.tuple([z.number()]), ([at]) => ({ at: Math.floor(Math.min(Math.max(at, 0), LAST_TIME)) }));

const metadataKey = z.string().max(SESSION_METADATA_CHARACTERS);
const setMetadata = parser(
  z
    .tuple([metadataKey, z.string().nullable()])
    .refine(([key, value]) => value === null || metadataFault(key, value) === undefined),
  ([key, value]) => ({ key, value }),
);
const deleteMetadata = parser(z.tuple([metadataKey]), ([key]) => ({ key }));
const evictMetadata = parser(z.tuple([]), () => ({}));

const transactionValue = z.union([bytesUpTo(TRANSACTION_VALUE_BYTES), z.number(), z.boolean(), z.null()]);
const isExact = (value: unknown): boolean => !Number.isInteger(value) || Number.isSafeInteger(value);

const validationText = z.string().refine((text) => textUpTo(VALIDATION_TEXT)(text) === undefined);
const cacheKey = bytesUpTo(CACHE_KEY_BYTES).min(1);

const entries = (kind: 'fields' | 'vars') =>
  jsonObject.refine((found) => entriesFault(kind, found) === undefined).optional();
const form = z
  .strictObject({ fields: entries('fields'), vars: entries('vars') })
  .refine((options) => Buffer.byteLength(JSON.stringify(options)) <= FORM_OPTIONS_BYTES);

/** The address with its query, or undefined when it is none that a browser could be sent to. */
function toAddress([text, { query }]: [string, { query: Record<string, string> }]): { url: string } | undefined {
  const url = URL.parse(text);
  if (!url || !isWeb(text)) return undefined;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href.length > REDIRECT_CHARACTERS ? undefined : { url: url.href };
}
const target = z.tuple([z.string(), z.strictObject({ query: z.record(z.string(), z.string()) })]);

/** An address with its options, as every method takes them that sends a browser somewhere. */
export function parseAddress(args: unknown): { url: string } | undefined {
  const parsed = target.safeParse(args);
  return parsed.success ? toAddress(parsed.data) : undefined;
}

/** A text that may stand in a redirect and a log line: at most 1,024 characters, none of them a control character. */
export function printable(text: string): string {
  const clean = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return (clean === '' ? 'Access denied.' : clean).slice(0, 1024);
}

const PARSERS: { [Name in PlainName]: Parser<Fields<Name>> } = {
  'access.deny': parser(z.tuple([z.string()]), ([reason]) => ({ reason: printable(reason) })),
  'accessToken.setCustomClaim': claim,
  'accessToken.addScope': scope,
  'accessToken.removeScope': scope,
  'authentication.challengeWith': oneFactor,
  'authentication.challengeWithAny': anyFactor,
  'authentication.enrollWith': oneFactor,
  'authentication.enrollWithAny': anyFactor,
  'authentication.recordMethod': parser(z.tuple([z.string().max(METHOD_URL_CHARACTERS).refine(isWeb)]), ([url]) => ({
    url,
  })),
  'authentication.setPrimaryUser': parser(z.tuple([z.string().min(1).max(USER_ID_CHARACTERS)]), ([userId]) => ({
    userId,
  })),
  'cache.set': parser(
    z.tuple([cacheKey, bytesUpTo(CACHE_VALUE_BYTES), z.int().nonnegative()]),
    ([key, value, expiresAt]) => ({ key, value, expiresAt }),
  ),
  'cache.delete': parser(z.tuple([cacheKey]), ([key]) => ({ key })),
  'idToken.setCustomClaim': claim,
  'multifactor.enable': parser(
    z.tuple([z.enum(MFA_PROVIDERS), z.strictObject({ allowRememberBrowser: z.boolean() })]),
    ([provider, { allowRememberBrowser }]) => ({ provider, allowRememberBrowser }),
  ),
  'prompt.render': parser(
    z.tuple([
      z
        .string()
        .min(1)
        .max(FORM_ID_CHARACTERS * 2),
      form,
    ]),
    ([formId, { fields = {}, vars = {} }]) => ({ formId, fields, vars }),
  ),
  'redirect.sendUserTo': parseAddress,
  'refreshToken.revoke': parser(z.tuple([z.string()]), ([reason]) => ({ reason: printable(reason) })),
  'refreshToken.setExpiresAt': time,
  'refreshToken.setIdleExpiresAt': time,
  'refreshToken.setMetadata': setMetadata,
  'refreshToken.deleteMetadata': deleteMetadata,
  'refreshToken.evictMetadata': evictMetadata,
  'session.revoke': parser(
    z.tuple([z.string(), z.strictObject({ preserveRefreshTokens: z.boolean() })]),
    ([reason, { preserveRefreshTokens }]) => ({ reason: printable(reason), preserveRefreshTokens }),
  ),
  'session.setExpiresAt': time,
  'session.setIdleExpiresAt': time,
  'session.setCookieMode': parser(z.tuple([z.enum(['persistent', 'non-persistent'])]), ([mode]) => ({ mode })),
  'session.setMetadata': setMetadata,
  'session.deleteMetadata': deleteMetadata,
  'session.evictMetadata': evictMetadata,
  'transaction.setMetadata': parser(
    z.tuple([z.string().min(1).max(TRANSACTION_KEY), transactionValue.refine(isExact)]),
    ([key, value]) => ({ key, value }),
  ),
  'user.setAppMetadata': userMetadata,
  'user.setUserMetadata': userMetadata,
  'validation.error': parser(z.tuple([validationText, validationText]), ([code, message]) => ({
    code: printable(code),
    message: printable(message),
  })),
};

const SAML = samlSettings();
const SAML_PREFIX = 'samlResponse.';
const attribute = z.tuple([bytesUpTo(SAML_ATTRIBUTE_NAME_BYTES), json]);

const setterOf = (name: string): string => (name.startsWith(SAML_PREFIX) ? name.slice(SAML_PREFIX.length) : '');

export const isPlain = (name: unknown): name is PlainName => typeof name === 'string' && Object.hasOwn(PARSERS, name);

export const isSetting = (name: unknown): name is Setting =>
  typeof name === 'string' && (setterOf(name) === 'setAttribute' || Object.hasOwn(SAML, setterOf(name)));

function parseSetting(name: Setting, args: unknown): unknown[] | undefined {
  const setter = setterOf(name);
  if (setter === 'setAttribute') {
    const { data } = attribute.safeParse(args);
    return data && samlAttributeValue(data[1]) === undefined ? data : undefined;
  }
  const { data } = z.tuple([json]).safeParse(args);
  return data && SAML[setter]?.rule(data[0]) === undefined ? data : undefined;
}

/** The command, or undefined when its arguments are none that it takes. */
export function parseCommand(name: PlainName | Setting, args: unknown): PostLoginCommand | undefined {
  if (!isPlain(name)) {
    const parsed = parseSetting(name, args);
    return parsed && { name, args: parsed };
  }
  const fields = PARSERS[name](args);
  // Each parser makes the fields of its own command: the table's type says so.
  return fields && ({ name, ...fields } as PostLoginCommand);
}
