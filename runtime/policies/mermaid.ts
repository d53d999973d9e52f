// Policies: a picture of them, as the text of a Mermaid flowchart. Whatever a tenant wrote stands in quoted labels with
// every unusual character as an entity: a label can neither end itself nor become markup where it is drawn.
import type { Json } from '#storage/records.ts';
import type { AuthenticationPolicy, ConditionGroups, PolicyCondition } from '../authentication-policy.ts';
import { choosingOrder } from './choose.ts';

/** Longer texts are cut: a picture is to be looked at. */
const LABEL = 120;

const OUTCOMES = [
  ['lock_conditions', 'L', 'locked'],
  ['failure_conditions', 'F', 'failed'],
  ['success_conditions', 'S', 'let through'],
] as const;

const WORDS: { readonly [operation: string]: string } = {
  eq: '=',
  ne: '≠',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  nin: 'not in',
  regex: 'matches',
};

/** Each policy in the order in which it is tried, with the groups that lead to each outcome. */
export function diagramOf(policies: readonly AuthenticationPolicy[]): string {
  const order = choosingOrder(policies);
  const lines = ['flowchart TD', '  begin([Authorization request])'];
  let former = 'begin';
  for (const [at, policy] of order.entries()) {
    const id = `p${at}`;
    lines.push(`  ${former} -->${former === 'begin' ? '' : '|does not fit|'} ${id}{${label(headOf(policy))}}`);
    for (const [field, letter, outcome] of OUTCOMES) {
      lines.push(...groupsOf(policy[field], id, `${id}${letter}`, outcome));
    }
    former = id;
  }
  return `${lines.join('\n')}\n`;
}

/** Whoever does all of one group gets to the outcome. */
function groupsOf(conditions: ConditionGroups | undefined, from: string, id: string, outcome: string): string[] {
  const groups = conditions?.any_of ?? [];
  if (groups.length === 0) return [];
  const lines = [`  ${id}([${label(outcome)}])`];
  for (const [at, group] of groups.entries()) {
    const text = group.length === 0 ? 'always' : group.map(wordsOf).join('\nand ');
    lines.push(`  ${from} -->|fits| ${id}${at}[${label(text)}] --> ${id}`);
  }
  return lines;
}

function headOf({ description, priority, conditions, available_methods }: AuthenticationPolicy): string {
  const { client_ids, acr_values, scopes, user_attributes } = conditions;
  const lists: [string, readonly string[]][] = [
    ['client', client_ids],
    ['acr', acr_values],
    ['scope', scopes],
    ['person', user_attributes.map(wordsOf)],
  ];
  const wishes = lists
    .filter(([, wanted]) => wanted.length > 0)
    .map(([name, wanted]) => `${name}: ${wanted.join(', ')}`);
  const methods = available_methods.length === 0 ? [] : [`methods: ${available_methods.join(', ')}`];
  return [description ?? 'policy', `priority ${priority}`, ...wishes, ...methods].join('\n');
}

function wordsOf({ path, operation, value }: PolicyCondition): string {
  const word = WORDS[operation.toLowerCase()] ?? operation;
  return value === undefined ? `${path} ${word}` : `${path} ${word} ${textOf(value)}`;
}

const textOf = (value: Json): string => JSON.stringify(value);

/** Lines are cut one by one, and nothing but letters, digits and a few harmless signs stands for itself. */
function label(text: string): string {
  const lines = text.split('\n').map((line) => {
    const cut = [...line].length > LABEL ? `${[...line].slice(0, LABEL).join('')}…` : line;
    return [...cut].map((sign) => (/[\p{L}\p{N} .,:_-]/u.test(sign) ? sign : `#${sign.codePointAt(0)};`)).join('');
  });
  return `"${lines.join('<br/>')}"`;
}
