// Server, conversion: how a script ends. An older one called back, an Action returns. One that calls back from within another
// function, or hands its callback on, becomes a promise that the handler waits for.
import { around, keyOf, part, parts, type Tree, type Visited } from '../lint/script-tree.ts';
import type { Work } from './work.ts';

/** Errors by which a script refused, and what the person hears. */
const REFUSALS = /^(UnauthorizedError|ValidationError)$/;

/** @returns whether the body has to be wrapped in a promise. */
export function convertCallbacks(work: Work): boolean {
  const uses = work.visited.filter((visited) => work.roleOf(visited) === 'callback');
  const wraps = uses.some((use) => !endsAtOnce(work, use));
  for (const use of uses) {
    work.done.add(use.node);
    const call = callOf(use);
    if (!call) {
      const { start, end } = use.node;
      work.edits.replace(start, end, '(error) => (error ? reject(error) : resolve())');
    } else convertCall(work, call, wraps);
  }
  return wraps;
}

/** The call by which it is used, rather than handed on. */
function callOf({ node, within }: Visited): Visited | undefined {
  return within?.node.type === 'CallExpression' && part(within.node, 'callee') === node ? within : undefined;
}

/** A statement of the function itself, outside of `try`, where a throw is caught by the script. */
function endsAtOnce(work: Work, use: Visited): boolean {
  const call = callOf(use);
  const statement = call?.within;
  if (!statement || !/^(ExpressionStatement|ReturnStatement)$/.test(statement.node.type)) return false;
  const above = [...around(statement)];
  const inside = above.slice(0, above.indexOf(work.made));
  return (
    above.includes(work.made) &&
    !inside.some(({ type }) => /Function|TryStatement|^For|^While|^DoWhile|Switch/.test(type) && !isLoop(type))
  );
}

/** A `return` ends a loop as well. */
const isLoop = (type: string): boolean => /^(For|While|DoWhile|Switch)/.test(type);

function convertCall(work: Work, call: Visited, wraps: boolean): void {
  const { node, within } = call;
  const [error, ...given] = parts(node, 'arguments');
  for (const each of given) if (each.type === 'Identifier' && isHandedBack(work, each)) work.done.add(each);
  if (work.kind === 'rule' && given.some((each) => !isHandedBack(work, each))) {
    work.human(call, 'What is handed back is made anew here: say what changed by methods of api.');
  }
  const commands = given.length > 0 ? resultCommands(work, call, given[0]) : [];
  const statement =
    within && /^(ExpressionStatement|ReturnStatement)$/.test(within.node.type) ? within.node : undefined;
  const whole = statement ?? node;
  const ending = endingOf(work, error, commands);
  const arguments_ = ending.inner ? work.edits.between(ending.inner.start, ending.inner.end) : '';
  const text = wraps ? ending.wrapped(arguments_, statement !== undefined) : ending.plain(arguments_);
  if (!ending.inner) {
    // Whatever was said of it goes with it.
    for (const { node: inner } of work.visited)
      if (inner.start >= node.start && inner.end <= node.end) work.done.add(inner);
    work.edits.replace(whole.start, whole.end, text);
    return;
  }
  const [before = '', after = ''] = (wraps ? ending.wrapped(HOLE, statement !== undefined) : ending.plain(HOLE)).split(
    HOLE,
  );
  work.edits.replace(whole.start, ending.inner.start, before);
  work.edits.replace(ending.inner.end, whole.end, after);
  for (const { node: inner } of work.visited) {
    const isOutside = inner.end <= ending.inner.start || inner.start >= ending.inner.end;
    if (isOutside && inner.start >= node.start && inner.end <= node.end) work.done.add(inner);
  }
}

/** Stands for the part of the old call that is kept. */
const HOLE = '\u0000';

type Ending = { inner?: Tree; plain(kept: string): string; wrapped(kept: string, statement: boolean): string };

function endingOf(work: Work, error: Tree | undefined, commands: string[]): Ending {
  const resolved = (statement: boolean, value = '') => (statement ? `return resolve(${value});` : `resolve(${value})`);
  if (!error || isNothing(error)) {
    const before = commands.length > 0 ? `${commands.join('; ')}; ` : '';
    return {
      plain: () => (before === '' ? 'return;' : `{ ${before}return; }`),
      wrapped: (_kept, statement) => resolved(statement, commands.join(', ')),
    };
  }
  const name = error.type === 'NewExpression' ? String(part(error, 'callee')?.name ?? '') : undefined;
  const [message] = parts(error, 'arguments');
  const deny = name === undefined ? undefined : denyOf(work, name);
  if (deny !== undefined && message) {
    const call = (kept: string) => `api.access.deny(${deny}${kept})`;
    if (work.kind === 'pre-user-registration') {
      const said = parts(error, 'arguments').map((each) => work.text(each));
      const both = `api.access.deny(${said[0]}, ${said[1] ?? said[0]})`;
      return { plain: () => `return ${both};`, wrapped: (_kept, statement) => resolved(statement, both) };
    }
    return {
      inner: message,
      plain: (kept) => `return ${call(kept)};`,
      wrapped: (kept, statement) => resolved(statement, call(kept)),
    };
  }
  if (name !== undefined) {
    return {
      inner: error,
      plain: (kept) => `throw ${kept};`,
      wrapped: (kept, statement) => (statement ? `return reject(${kept});` : `reject(${kept})`),
    };
  }
  const value = work.text(error);
  if (error.type === 'Identifier') {
    return {
      plain: () => `{ if (${value}) throw ${value}; return; }`,
      wrapped: (_kept, statement) =>
        `${statement ? 'return ' : ''}(${value} ? reject(${value}) : resolve())${statement ? ';' : ''}`,
    };
  }
  return {
    inner: error,
    plain: (kept) => `{ const error = ${kept}; if (error) throw error; return; }`,
    wrapped: (kept, statement) =>
      `${statement ? 'return ' : ''}((error) => (error ? reject(error) : resolve()))(${kept})${statement ? ';' : ''}`,
  };
}

/** What stands before the reason; undefined where it is no refusal. */
function denyOf({ kind }: Work, name: string): string | undefined {
  if (kind === 'credentials-exchange') {
    if (name === 'InvalidScopeError') return "'invalid_scope', ";
    if (name === 'InvalidRequestError') return "'invalid_request', ";
    return name === 'ServerError' ? "'server_error', " : undefined;
  }
  if (kind === 'pre-user-registration') return name === 'PreUserRegistrationError' ? '' : undefined;
  return kind === 'rule' && REFUSALS.test(name) ? '' : undefined;
}

const isNothing = (node: Tree): boolean =>
  (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined');

/** `callback(null, user, context)` hands back what it was given. */
function isHandedBack(work: Work, node: Tree): boolean {
  const visited = work.visited.find((each) => each.node === node);
  return visited !== undefined && work.roleOf(visited) !== undefined;
}

/** Hooks hand back what shall be: an object written out is one command for each of its properties. */
function resultCommands(work: Work, call: Visited, result: Tree | undefined): string[] {
  if (work.kind === 'rule' || !result) return [];
  if (result.type !== 'ObjectExpression') {
    if (result.type !== 'Identifier' || (work.kind !== 'credentials-exchange' && !isHandedBack(work, result))) {
      work.human(call, 'What is handed back has to be said by methods of api.');
    }
    return [];
  }
  const found: string[] = [];
  for (const property of parts(result, 'properties')) {
    const [key, value] = [keyOf(property), part(property, 'value')];
    const isKept = key === undefined || !value || value.type === 'ObjectExpression';
    if (work.kind === 'credentials-exchange' && key === 'scope') continue;
    if (work.kind === 'credentials-exchange' && !isKept) {
      found.push(`api.accessToken.setCustomClaim(${JSON.stringify(key)}, ${work.text(value)})`);
    } else if (work.kind === 'pre-user-registration' && key === 'user' && value?.type === 'ObjectExpression') {
      found.push(...metadataCommands(work, call, value));
    } else work.human(call, `What is handed back as ${key ?? 'a computed name'} has to be said by methods of api.`);
  }
  return found;
}

const SETTERS: Readonly<Record<string, string>> = { app_metadata: 'setAppMetadata', user_metadata: 'setUserMetadata' };

function metadataCommands(work: Work, call: Visited, user: Tree): string[] {
  return parts(user, 'properties').flatMap((property) => {
    const [setter, value] = [SETTERS[keyOf(property) ?? ''], part(property, 'value')];
    if (setter === undefined || value?.type !== 'ObjectExpression') {
      work.human(call, `${keyOf(property) ?? 'A computed name'} of the new user cannot be set by a script.`);
      return [];
    }
    return parts(value, 'properties').flatMap((each) => {
      const [key, inner] = [keyOf(each), part(each, 'value')];
      return key === undefined || !inner ? [] : [`api.user.${setter}(${JSON.stringify(key)}, ${work.text(inner)})`];
    });
  });
}
