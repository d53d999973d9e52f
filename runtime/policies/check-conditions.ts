// Policies: conditions as a tenant wrote them. Whatever can never hold, or holds by mistake, is told when it is written.
import type { Json } from '#storage/records.ts';
import { methodOf } from '../interaction-names.ts';
import { OPERATIONS } from '../interactions/conditions.ts';
import { checkPath } from '../interactions/json-path.ts';
import { compileRegex } from '../interactions/linear-regex.ts';
import type { Reading } from './findings.ts';

/** Groups of one kind, and conditions of one group. */
const MOST = 100;
const CONDITION = { path: 'text', type: 'text', operation: 'text', value: 'any' } as const;
const COUNTS = [
  'operation_type',
  'method',
  'call_count',
  'success_count',
  'failure_count',
  'interaction_time',
  'interactions',
];
const OF_USER = [
  'sub',
  'status',
  'provider_id',
  'has_password',
  'email_verified',
  'phone_number_verified',
  'roles',
  'custom_properties',
];
/** The first two names of a path that begins plainly. */
const PLAIN = /^\$(?:\.([\w-]+)|\[(?:'([^']*)'|"([^"]*)")\])(?:\.([\w-]+))?/;
const WITHOUT_VALUE: readonly string[] = ['exists', 'missing'];

/** @param isMethod whether something of that name can be configured, or is built in. */
export function checkGroups(
  groups: Json | undefined,
  place: string,
  reading: Reading,
  isMethod: (method: string) => boolean,
): void {
  if (groups === undefined || groups === null) return;
  const read = reading.object(groups, place, { any_of: 'list' });
  if (!read) return;
  const anyOf = read.any_of;
  if (!Array.isArray(anyOf)) {
    reading.warn(`${place} has no any_of and says nothing`);
    return;
  }
  if (anyOf.length === 0) reading.warn(`${place}.any_of is empty and says nothing`);
  if (anyOf.length > MOST) {
    reading.error(`${place}.any_of has more than ${MOST} groups`);
    return;
  }
  for (const [at, group] of anyOf.entries()) {
    const where = `${place}.any_of[${at}]`;
    if (!Array.isArray(group)) reading.error(`${where} must be a list`);
    else if (group.length === 0) reading.warn(`${where} is empty and always holds`);
    else checkConditions(group, where, reading, isMethod);
  }
}

export function checkConditions(
  conditions: readonly Json[],
  place: string,
  reading: Reading,
  isMethod: (method: string) => boolean,
): void {
  if (conditions.length > MOST) {
    reading.error(`${place} has more than ${MOST} conditions`);
    return;
  }
  for (const [at, condition] of conditions.entries()) checkOne(condition, `${place}[${at}]`, reading, isMethod);
}

function checkOne(condition: Json, place: string, reading: Reading, isMethod: (method: string) => boolean): void {
  const read = reading.object(condition, place, CONDITION);
  if (!read) return;
  const { path, type, operation, value } = read;
  if (typeof path !== 'string') reading.error(`${place}.path is missing`);
  else checkPlace(path, `${place}.path`, reading, isMethod);
  if (typeof operation !== 'string') {
    reading.error(`${place}.operation is missing`);
    return;
  }
  const name = operation.toLowerCase();
  if (!OPERATIONS.includes(name)) {
    reading.warn(`${place}.operation "${operation}" is not known: the condition never holds`);
  } else if (!WITHOUT_VALUE.includes(name) && value === undefined) {
    reading.error(`${place}.value is missing`);
  }
  if ((name === 'in' || name === 'nin') && value !== undefined && !Array.isArray(value)) {
    reading.warn(`${place}.value must be a list for ${name}: the condition never holds`);
  }
  if (name === 'regex' && typeof value === 'string' && compileRegex(value, '', reading.budget) === undefined) {
    reading.error(`${place}.value is no regular expression that RE2 takes, too long, or one of too many`);
  }
  if (typeof type === 'string' && value !== undefined && !isOfType(value, type)) {
    reading.warn(`${place}.type has no effect: ${JSON.stringify(value)} is compared as it is written`);
  }
}

function checkPlace(path: string, place: string, reading: Reading, isMethod: (method: string) => boolean): void {
  const wrong = checkPath(path);
  if (wrong !== undefined) {
    reading.error(`${place} ${wrong}`);
    return;
  }
  const [, dotted, quoted, double, field] = PLAIN.exec(path) ?? [];
  const name = dotted ?? quoted ?? double;
  if (name === undefined) return;
  if (name === 'user') {
    if (field !== undefined && !OF_USER.includes(field))
      reading.warn(`${place}: conditions cannot see $.user.${field}`);
    return;
  }
  if (!isMethod(methodOf(name))) reading.warn(`${place} names no interaction: ${name}`);
  if (field !== undefined && !COUNTS.includes(field)) reading.warn(`${place}: nothing counts ${field}`);
}

/** Types are notes for people; one that says something else than the value does misleads them. */
function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    default:
      return true;
  }
}
