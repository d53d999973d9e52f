// Server, stored forms: a form as the tenant stored it, in Auth0's shape, becomes what our page can show. Whatever we do
// not know is left out; nothing here can fail, since a stored form is only as good as whoever wrote it.
import type { FormAsk } from '#runtime/transaction/transaction.ts';
import type { FormRecord, Json, JsonObject } from '#storage/records.ts';
import { fillIn, type Known, plainBlocks, plainText, type TextBlock } from './plain-text.ts';

export type FieldType =
  | 'text'
  | 'email'
  | 'number'
  | 'tel'
  | 'url'
  | 'password'
  | 'date'
  | 'time'
  | 'boolean'
  | 'legal'
  | 'choice'
  | 'dropdown';

export type FormField = {
  kind: 'field';
  /** What scripts know it by. */
  id: string;
  /** Its name in the page's form: the id, but where that would be a name of ours. */
  name: string;
  type: FieldType;
  label: string;
  hint: string;
  placeholder: string;
  isRequired: boolean;
  /** Several lines of text. */
  isMultiline: boolean;
  /** Several of the options. */
  isMultiple: boolean;
  options: { value: string; label: string }[];
  /** Of the number, or of the length of the text. */
  least?: number;
  most?: number;
  /** What stands in it at first. */
  initial: string[];
};

export type FormPart = FormField | TextBlock | { kind: 'divider' };

export type StoredForm = {
  title: string;
  parts: FormPart[];
  /** Text of the button; undefined leaves it to the page. */
  button?: string;
  /** Values that nobody sees and the script gets back. */
  hidden: JsonObject;
};

const TYPES: Record<string, FieldType> = {
  TEXT: 'text',
  EMAIL: 'email',
  NUMBER: 'number',
  TEL: 'tel',
  URL: 'url',
  PASSWORD: 'password',
  DATE: 'date',
  BOOLEAN: 'boolean',
  LEGAL: 'legal',
  CHOICE: 'choice',
  CARDS: 'choice',
  DROPDOWN: 'dropdown',
};

/** Names that every page's form has for itself. */
const OURS = ['state', 'action'];
const MOST_STEPS = 50;
/** Where a pointer leads that leads nowhere else. */
const ENDING = '$ending';

/** @param ask what the script gave: values to begin with, and texts that stand in the form as `{{vars.name}}`. */
export function parseStoredForm({ name, definition }: FormRecord, ask: Pick<FormAsk, 'fields' | 'vars'>): StoredForm {
  const start = objectAt(definition, 'start');
  const components = stepsOf(definition, start).flatMap((step) => objectsAt(objectAt(step, 'config'), 'components'));
  const hidden = hiddenOf(start, ask);
  const known: Known = { fields: { ...hidden, ...ask.fields }, vars: ask.vars };
  const parts = components.flatMap((component) => partsOf(component, known));
  const seen = new Set<string>();
  const once = parts.filter((part) => part.kind !== 'field' || (!seen.has(part.id) && seen.add(part.id)));
  const button = components.filter(({ type }) => type === 'NEXT_BUTTON').at(-1);
  const text = plainText(textAt(objectAt(button, 'config'), 'text'), known);
  // A form that begins with a heading needs no other one.
  const [first, ...others] = once;
  const headed = first?.kind === 'heading';
  return {
    title: headed ? first.text : name,
    parts: headed ? others : once,
    hidden,
    ...(text === '' ? {} : { button: text }),
  };
}

/** The steps in the order that their pointers give. Where a form branches, the way without conditions. */
function stepsOf(definition: JsonObject, start: JsonObject | undefined): JsonObject[] {
  const nodes = new Map(objectsAt(definition, 'nodes').map((node) => [textAt(node, 'id'), node]));
  const steps: JsonObject[] = [];
  const visited = new Set<string>();
  let pointer = textAt(start, 'next_node');
  while (pointer !== ENDING && !visited.has(pointer) && visited.size < MOST_STEPS) {
    visited.add(pointer);
    const node = nodes.get(pointer);
    if (!node) break;
    if (node.type === 'STEP') steps.push(node);
    const config = objectAt(node, 'config');
    pointer = textAt(config, node.type === 'ROUTER' ? 'fallback' : 'next_node');
  }
  return steps;
}

function hiddenOf(start: JsonObject | undefined, ask: Pick<FormAsk, 'fields' | 'vars'>): JsonObject {
  return Object.fromEntries(
    objectsAt(start, 'hidden_fields').flatMap((field): [string, Json][] => {
      const key = textAt(field, 'key');
      return key === '' ? [] : [[key, valueAt(ask.fields, key) ?? fillIn(textAt(field, 'value'), ask)]];
    }),
  );
}

function partsOf(component: JsonObject, known: Known): FormPart[] {
  const config = objectAt(component, 'config');
  if (component.type === 'DIVIDER') return [{ kind: 'divider' }];
  if (component.type === 'RICH_TEXT' || component.type === 'HTML') return plainBlocks(textAt(config, 'content'), known);
  const field = fieldOf(component, config, known);
  return field ? [field] : [];
}

function fieldOf(component: JsonObject, config: JsonObject | undefined, known: Known): FormField | undefined {
  const id = textAt(component, 'id');
  const wireType = textAt(component, 'type');
  const type = Object.hasOwn(TYPES, wireType) ? TYPES[wireType] : undefined;
  // Under the name of prototypes no form is ever read (request.ts): a field of it would keep people from sending theirs.
  if (component.category !== 'FIELD' || id === '' || id === '__proto__' || type === undefined) return undefined;
  const own = plainText(textAt(component, 'label'), known);
  const least = numberAt(config, type === 'number' ? 'min_value' : 'min_length');
  const most = numberAt(config, type === 'number' ? 'max_value' : 'max_length');
  const isSecret = type === 'password' || component.sensitive === true;
  return {
    kind: 'field',
    id,
    name: OURS.includes(id) ? `field-${id}` : id,
    type: type === 'date' && config?.format === 'TIME' ? 'time' : type,
    label: (type === 'legal' ? plainText(textAt(config, 'text'), known) : '') || own || id,
    hint: plainText(textAt(component, 'hint'), known),
    placeholder: plainText(textAt(config, 'placeholder'), known),
    isRequired: component.required === true,
    isMultiline: config?.multiline === true,
    isMultiple: config?.multiple === true,
    options: type === 'boolean' ? booleanOptions(config, known) : optionsOf(config, known),
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
    initial: isSecret ? [] : valuesOf(valueAt(known.fields, id) ?? config?.default_value),
  };
}

function optionsOf(config: JsonObject | undefined, known: Known): FormField['options'] {
  return objectsAt(config, 'options').map((option) => {
    const value = textAt(option, 'value');
    return { value, label: plainText(textAt(option, 'label'), known) || value };
  });
}

/** Labels that the form has for yes and no; empty where the page has to say it. */
function booleanOptions(config: JsonObject | undefined, known: Known): FormField['options'] {
  const labels = objectAt(config, 'options');
  return ['true', 'false'].map((value) => ({ value, label: plainText(textAt(labels, value), known) }));
}

/** A value as a field shows it. */
function valuesOf(value: Json | undefined): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((one) => (one === undefined || one === null || typeof one === 'object' ? [] : [String(one)]));
}

function valueAt(object: JsonObject | undefined, key: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

function textAt(object: JsonObject | undefined, key: string): string {
  const value = valueAt(object, key);
  return typeof value === 'string' ? value : '';
}

function numberAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = valueAt(object, key);
  return typeof value === 'number' ? value : undefined;
}

function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = valueAt(object, key);
  return isObject(value) ? value : undefined;
}

function objectsAt(object: JsonObject | undefined, key: string): JsonObject[] {
  const value = valueAt(object, key);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
