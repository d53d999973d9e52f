// Management: options of a connection. All are kept as they are given; those that are understood must be well formed, and
// each strategy completes them in its way.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { invalidBody, type Refusal } from './answer.ts';
import { completed } from './connection-strategies.ts';
import { completedDatabase, contradiction, databaseOptions } from './database-options.ts';
import { federationOptions } from './federation-options.ts';
import { jsonObject, text } from './fields.ts';
import { emailConnectionOptions, smsConnectionOptions } from './passwordless-options.ts';
import { parse } from './validation.ts';

/** What connections to others have in common. */
const upstream: z.ZodType<JsonObject> = z
  .looseObject({
    client_id: z.string().max(4096).nullish(),
    client_secret: z.string().max(16_384).nullish(),
    scope: z.union([z.string().max(4096), z.array(text(1024)).max(200)]).nullish(),
    domain_aliases: z.array(text(256)).max(1000).nullish(),
    upstream_params: jsonObject.nullish(),
    icon_url: z.string().max(2048).nullish(),
    set_user_root_attributes: z.enum(['on_each_login', 'on_first_login', 'never_on_login']).nullish(),
    non_persistent_attrs: z.array(text(256)).max(200).nullish(),
  })
  .transform((options) => options as JsonObject);

function schemaOf(strategy: string): z.ZodType<JsonObject> {
  if (strategy === 'sms') return smsConnectionOptions;
  if (strategy === 'email') return emailConnectionOptions;
  return strategy === 'auth0' ? databaseOptions : upstream;
}

/** The options of a connection as they are kept, or what is wrong with them. `when`: it is made, or they are replaced. */
export function readOptions(
  strategy: string,
  given: JsonObject | undefined,
  when: 'made' | 'replaced',
): { ok: true; options: JsonObject } | Refusal {
  // Named by their place in the body.
  const parsed = parse('payload', z.object({ options: schemaOf(strategy) }), { options: given ?? {} });
  if (!parsed.ok) return parsed.refusal;
  const { options } = parsed.value;
  switch (strategy) {
    case 'sms':
    case 'email':
      // With options it has exactly those.
      return { ok: true, options: given === undefined ? { brute_force_protection: true } : options };
    case 'auth0': {
      const wrong = contradiction(options);
      return wrong === undefined ? { ok: true, options: completedDatabase(options, when) } : invalidBody(wrong);
    }
    default: {
      const read = federationOptions(strategy, options);
      return read.ok ? { ok: true, options: completed(strategy, read.options, when) } : read;
    }
  }
}
