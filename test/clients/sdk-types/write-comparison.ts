// Test: a TypeScript file in which every answer that the document publishes is handed to a variable of the type that the SDK
// says it gets. The compiler is the judge; a line is a call.
import { type Schema, typeNameOf, typeOf } from './schema-as-type.ts';
import { type SdkAnswers, unnamed } from './sdk-answers.ts';

type Operation = { responses: Record<string, { content?: { 'application/json'?: { schema: Schema } } }> };

/** The published document, as far as types go. */
export type PublishedDocument = {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
};

export type Comparison = {
  text: string;
  /** The call that a line is about, by its number from one. */
  calls: ReadonlyMap<number, string>;
};

/** Of words the SDK lists those of its day, and looks at none: which word it is, is not compared. */
const ANY_WORD =
  'type AnyWord<T> = 0 extends 1 & T ? any : T extends string ? string : T extends object ? { [K in keyof T]: AnyWord<T[K]> } : T;';

/** A list has several manners, and the SDK asks for the one that it reads. */
const AS_ASKED = 'type AsAsked<O, T> = [O extends T ? O : never] extends [never] ? O : O extends T ? O : never;';

export function writeComparison(document: PublishedDocument, sdk: SdkAnswers): Comparison {
  const lines = ["import type { Management } from 'auth0';", ANY_WORD, AS_ASKED];
  const schemas = document.components?.schemas ?? {};
  for (const [name, schema] of Object.entries(schemas)) lines.push(`type ${typeNameOf(name)} = ${typeOf(schema)};`);
  const calls = new Map<number, string>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const call = unnamed(method.toUpperCase(), path.replace('/api/v2', ''));
      const theirs = sdk.get(call);
      // What it gives nobody, nobody looks at.
      if (theirs === undefined || theirs === 'void' || theirs === 'unknown') continue;
      const ours = Object.entries(operation.responses)
        .filter(([status]) => status < '300' && status !== '204')
        .flatMap(([, response]) => asked(response.content?.['application/json']?.schema));
      if (ours.length === 0) continue;
      const manners = ours.map(typeOf).join(' | ');
      const isList = ours.some(({ type }) => type === 'array') && ours.length > 1;
      const given = isList ? `AsAsked<${manners}, AnyWord<${theirs}>>` : manners;
      lines.push(`export const call${lines.length}: AnyWord<${theirs}> = null as unknown as ${given};`);
      calls.set(lines.length, call);
    }
  }
  return { text: `${lines.join('\n')}\n`, calls };
}

/** Each manner by itself; of a write what it answers when it is no rehearsal. */
function asked(schema: Schema | undefined): Schema[] {
  if (!schema) return [];
  if (schema.anyOf) return schema.anyOf.flatMap(asked);
  return schema.$ref?.endsWith('/Rehearsed') ? [] : [schema];
}
