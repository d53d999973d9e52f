// Test: a JSON schema of the published document, written as a TypeScript type. It writes what the document promises and no
// more: an open bag promises nothing, so it is `any`.

export type Schema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
};

/** The name of a component as a type. */
export const typeNameOf = (ref: string): string => `Ours${ref.split('/').at(-1)?.replaceAll(/\W/g, '_')}`;

export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return typeNameOf(schema.$ref);
  if (Object.hasOwn(schema, 'const')) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return union(parts.map(typeOf));
  if (schema.allOf) return schema.allOf.map((part) => `(${typeOf(part)})`).join(' & ');
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return union(types.map((type) => plain(type, schema)));
}

function plain(type: string | undefined, schema: Schema): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'any';
  }
}

function objectOf({ properties = {}, required = [], additionalProperties: more }: Schema): string {
  const names = Object.keys(properties);
  if (names.length === 0) {
    if (more === false) return 'Record<string, never>';
    return typeof more === 'object' && Object.keys(more).length > 0 ? `Record<string, ${typeOf(more)}>` : 'any';
  }
  const needed = new Set(required);
  const members = names.map(
    (name) => `${JSON.stringify(name)}${needed.has(name) ? '' : '?'}: ${typeOf(properties[name] ?? {})}`,
  );
  return `{ ${members.join('; ')} }`;
}

const union = (types: readonly string[]): string => [...new Set(types)].map((type) => `(${type})`).join(' | ');
