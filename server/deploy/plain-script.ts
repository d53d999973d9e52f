// Server, deploy: the text of an Action as a tenant takes it. A Sallyport reads TypeScript by itself; Auth0 takes JavaScript
// alone, and neither takes a module's `export`. Types become white space, so that lines keep their numbers and people can
// read what was deployed.
import { type Node, parse } from 'acorn';
import { withoutTypes } from '../without-types.ts';

export type Plain = { ok: true; code: string } | { ok: false; message: string };

/** @param file its name decides: one that ends in `.ts` is TypeScript. */
export function plainScript(file: string, source: string, kind: 'sallyport' | 'auth0'): Plain {
  if (!file.endsWith('.ts')) return { ok: true, code: source };
  if (kind === 'sallyport' && read(source, 'module') === undefined) return { ok: true, code: source };
  let stripped: string;
  try {
    stripped = withoutTypes(source).replaceAll(/[ \t]+$/gm, '');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { ok: false, message: `${reason}. Auth0 takes JavaScript: write it without syntax that makes code.` };
  }
  if (read(stripped, 'script') !== undefined) return { ok: true, code: stripped };
  return withoutExports(stripped);
}

function read(source: string, sourceType: 'script' | 'module') {
  try {
    const allowed = { allowReturnOutsideFunction: sourceType === 'script' };
    return parse(source, { ecmaVersion: 'latest', sourceType, ...allowed });
  } catch {
    return undefined;
  }
}

/** `export const x = …` sets `exports.x` too, in the same line. */
function withoutExports(source: string): Plain {
  const tree = read(source, 'module');
  if (!tree) return { ok: false, message: 'It does not parse as JavaScript once its types are gone.' };
  const edits: { start: number; end: number; text: string }[] = [];
  for (const statement of tree.body) {
    if (statement.type.startsWith('Import')) {
      return { ok: false, message: `Line ${lineOf(source, statement)}: write require() instead of import.` };
    }
    if (!statement.type.startsWith('Export')) continue;
    const { declaration } = statement as { declaration?: ({ type: string } & Node) | null };
    const text = declaration && statement.type === 'ExportNamedDeclaration' && exported(source, declaration as never);
    if (!text) return { ok: false, message: `Line ${lineOf(source, statement)}: write exports.name = … instead.` };
    edits.push({ start: statement.start, end: statement.end, text });
  }
  let code = source;
  for (const { start, end, text } of edits.toReversed()) code = code.slice(0, start) + text + code.slice(end);
  return { ok: true, code };
}

type Named = { type: 'Identifier'; name: string } | { type: string };
type Declaration = Node &
  (
    | { type: 'FunctionDeclaration'; id: Node & Named }
    | { type: 'VariableDeclaration'; declarations: [{ id: Node & Named; init?: Node | null }, ...unknown[]] }
  );

/** Undefined where it is of a kind that no Action needs. */
function exported(source: string, declaration: Declaration): string | undefined {
  const text = source.slice(declaration.start, declaration.end);
  if (declaration.type === 'FunctionDeclaration') {
    const { id } = declaration;
    // A function is there from the beginning, wherever it stands.
    return 'name' in id ? `exports.${id.name} = ${id.name}; ${text}` : undefined;
  }
  if (declaration.type !== 'VariableDeclaration' || declaration.declarations.length !== 1) return undefined;
  const [{ id, init }] = declaration.declarations;
  if (!('name' in id) || !init) return undefined;
  const at = init.start - declaration.start;
  return `${text.slice(0, at)}exports.${id.name} = ${text.slice(at)}`;
}

const lineOf = (source: string, { start }: Node): number => source.slice(0, start).split('\n').length;
