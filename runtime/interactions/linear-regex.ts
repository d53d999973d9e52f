// Interactions: regular expressions that tenants write. RE2 runs in time linear to the text: no pattern can hold the
// process, which the ones of the language can. Look-around and back-references do not exist in it.
import { RE2JS } from 're2js';
import { type Budget, createBudget, spend } from './budget.ts';

/** Characters of a pattern. */
const LONGEST_PATTERN = 1_000;
/** Characters of a text that is matched. Linear is not free: some patterns take a microsecond for each character. */
const LONGEST_TEXT = 10_000;
const MOST_KEPT = 500;
/** Units of the budget for a character, and as many again for each step of the compiled pattern beyond so many steps. */
const MATCHING = 50;
/** Where groups are kept. */
const FINDING = 4;
/** Units for a millisecond. To compile takes up to a quarter of a second, and nothing about a pattern tells how long. */
const COMPILING = 10_000;
const kept = new Map<string, RE2JS | undefined>();

/** Letters as after the slash of the language: i, m, s; others say nothing. */
export type RegexFlags = string;

/** A compiled pattern. Undefined: too long, or none that RE2 knows, or the budget is spent. */
export function compileRegex(pattern: string, flags: RegexFlags = '', budget?: Budget): RE2JS | undefined {
  if (pattern.length > LONGEST_PATTERN) return undefined;
  const key = `${flags}/${pattern}`;
  if (kept.has(key)) return kept.get(key);
  if (!spend(budget, 1)) return undefined;
  const began = performance.now();
  let compiled: RE2JS | undefined;
  try {
    compiled = RE2JS.compile(pattern, bitsOf(flags));
  } catch (error) {
    // RE2 says what is wrong by throwing its own kinds of error; whatever it says, the pattern is none.
    if (!(error instanceof Error)) throw error;
  }
  spend(budget, (performance.now() - began) * COMPILING);
  // The oldest goes. A pattern costs milliseconds to compile, so dropping one that is in use does no harm.
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(key, compiled);
  return compiled;
}

/** What it costs to match a character: each may have to be looked at by every step of the pattern. */
export function priceOf(regex: RE2JS): number {
  return Math.max(MATCHING, regex.programSize());
}

/** Whether the whole text matches. False for a pattern that is none and for a text that is too long. */
export function matchesWhole(pattern: string, text: string, budget: Budget = createBudget()): boolean {
  if (text.length > LONGEST_TEXT) return false;
  const regex = compileRegex(pattern, '', budget);
  return regex !== undefined && spend(budget, text.length * priceOf(regex)) && regex.matches(text);
}

export type Match = { start: number; end: number; groups: (string | null)[] };

/** Where the pattern matches, from left to right. Undefined: no pattern, too long a text, or the budget is spent. */
export function matchesIn(
  pattern: string,
  text: string,
  { flags = '', budget = createBudget() }: { flags?: RegexFlags; budget?: Budget | undefined } = {},
): Match[] | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const regex = compileRegex(pattern, flags, budget);
  if (!regex || !spend(budget, text.length * priceOf(regex) * FINDING)) return undefined;
  const found: Match[] = [];
  const matcher = regex.matcher(text);
  while (matcher.find()) {
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_none, at) => matcher.group(at));
    found.push({ start: matcher.start(), end: matcher.end(), groups });
  }
  return found;
}

function bitsOf(flags: RegexFlags): number {
  const letters = flags.toLowerCase();
  return (
    (letters.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (letters.includes('m') ? RE2JS.MULTILINE : 0) |
    (letters.includes('s') ? RE2JS.DOTALL : 0)
  );
}
