// Interactions: reads mapping rules and conditions before they are kept.
import type { Json, JsonObject } from '#storage/records.ts';
import { type Findings, textAt, unknownFields } from './check-findings.ts';
import { OPERATIONS } from './conditions.ts';
import { isObject } from './json-bounds.ts';
import { checkPath } from './json-path.ts';
import { compileRegex } from './linear-regex.ts';
import { functionNamed } from './mapping-functions/all-functions.ts';
import { readFilterCondition } from './mapping-functions/filter-condition.ts';
import { MOST_FUNCTIONS, MOST_RULES } from './mapping-rules.ts';

const RULE = ['from', 'static_value', 'to', 'functions', 'condition'];
const DEEPEST = 10;

/** `written`: a list of rules, or nothing. */
export function checkRules(at: string, written: Json | undefined, found: Findings): void {
  if (written === undefined || written === null) return;
  if (!Array.isArray(written) || written.length > MOST_RULES) {
    found.errors.push(`${at}: must be a list of at most ${MOST_RULES} rules`);
    return;
  }
  for (const [index, rule] of written.entries()) {
    if (isObject(rule)) checkRule(`${at}[${index}]`, rule, found);
    else found.errors.push(`${at}[${index}]: must be an object`);
  }
}

/** A condition of a rule, or of a request among several. */
export function checkCondition(at: string, written: Json | undefined, found: Findings, depth = 1): void {
  if (written === undefined || written === null) return;
  if (!isObject(written)) {
    found.errors.push(`${at}: must be an object`);
    return;
  }
  unknownFields(at, written, ['operation', 'path', 'value', 'type'], found);
  const { operation, path, value } = written;
  if (typeof operation !== 'string') {
    found.errors.push(`${at}.operation: must be a text`);
    return;
  }
  const name = operation.toLowerCase();
  if (name === 'allof' || name === 'anyof') {
    if (!Array.isArray(value)) found.errors.push(`${at}.value: must be a list of conditions`);
    else if (depth >= DEEPEST) found.errors.push(`${at}: nests deeper than ${DEEPEST} levels`);
    else for (const [index, one] of value.entries()) checkCondition(`${at}.value[${index}]`, one, found, depth + 1);
    return;
  }
  checkComparison(at, { operation, path, value }, found);
}

/** One comparison, as it stands in conditions and in lists of answers. */
export function checkComparison(
  at: string,
  { operation, path, value }: { operation: Json | undefined; path: Json | undefined; value: Json | undefined },
  found: Findings,
): void {
  const name = typeof operation === 'string' ? operation.toLowerCase() : '';
  if (!OPERATIONS.includes(name)) {
    found.errors.push(`${at}.operation: must be one of ${OPERATIONS.join(', ')}`);
  }
  checkPathAt(`${at}.path`, path ?? null, found);
  if ((name === 'in' || name === 'nin') && !Array.isArray(value)) {
    found.warnings.push(`${at}.value: must be a list, ${name} is never true without one`);
  }
  if (name === 'regex' && !(typeof value === 'string' && compileRegex(value, '', found.budget))) {
    found.errors.push(`${at}.value: is no regular expression of RE2 of at most 1,000 characters, or one of too many`);
  }
}

function checkRule(at: string, rule: JsonObject, found: Findings): void {
  unknownFields(at, rule, RULE, found);
  const { from, static_value, to, functions, condition } = rule;
  if (typeof to !== 'string' || to === '') found.errors.push(`${at}.to: must be a text`);
  if (from !== undefined && from !== null) checkPathAt(`${at}.from`, from, found);
  const produces = Array.isArray(functions) && functions.length > 0;
  if ((from ?? null) === null && (static_value ?? null) === null && !produces) {
    found.warnings.push(`${at}: has neither from nor static_value nor functions, its value is null`);
  }
  if ((from ?? null) !== null && (static_value ?? null) !== null) {
    found.warnings.push(`${at}.from: has no effect beside static_value`);
  }
  checkCondition(`${at}.condition`, condition, found);
  if (functions === undefined || functions === null) return;
  if (!Array.isArray(functions) || functions.length > MOST_FUNCTIONS) {
    found.errors.push(`${at}.functions: must be a list of at most ${MOST_FUNCTIONS} functions`);
    return;
  }
  for (const [index, step] of functions.entries()) checkFunction(`${at}.functions[${index}]`, step, found);
}

function checkFunction(at: string, step: Json, found: Findings): void {
  if (!isObject(step) || typeof step.name !== 'string') {
    found.errors.push(`${at}.name: must be a text`);
    return;
  }
  unknownFields(at, step, ['name', 'args'], found);
  const { args } = step;
  if (args !== undefined && args !== null && !isObject(args)) found.errors.push(`${at}.args: must be an object`);
  else checkArguments(at, step.name, { args: isObject(args) ? args : {}, found });
}

function checkArguments(at: string, name: string, { args, found }: { args: JsonObject; found: Findings }): void {
  const entry = functionNamed(name);
  if (!entry) {
    found.errors.push(`${at}.name: there is no function ${textAt(name)}`);
    return;
  }
  unknownFields(`${at}.args`, args, entry.knows, found);
  for (const needed of entry.needs ?? []) {
    if ((args[needed] ?? null) === null) {
      found.warnings.push(`${at}.args.${needed}: is missing, ${name} gives null without it`);
    }
  }
  for (const [argument, value] of Object.entries(args)) {
    if (typeof value === 'string' && value.startsWith('$.')) checkPathAt(`${at}.args.${argument}`, value, found);
  }
  const { pattern, separator, regex, condition, function: inner, function_args } = args;
  const expression = name === 'regex_replace' ? pattern : name === 'split' && regex === true ? separator : undefined;
  if (typeof expression === 'string' && !expression.startsWith('$.') && !compileRegex(expression, '', found.budget)) {
    found.errors.push(`${at}.args: hold no regular expression of RE2 of at most 1,000 characters, or one of too many`);
  }
  if (name === 'filter' && typeof condition === 'string' && !readFilterCondition(condition)) {
    found.errors.push(`${at}.args.condition: is no condition of filter`);
  }
  if (name === 'map' && typeof inner === 'string') {
    checkArguments(at, inner, { args: isObject(function_args) ? function_args : {}, found });
  }
}

function checkPathAt(at: string, path: Json, found: Findings): void {
  const wrong = typeof path === 'string' ? checkPath(path) : 'must be a text';
  if (wrong !== undefined) found.errors.push(`${at}: ${wrong}`);
}
