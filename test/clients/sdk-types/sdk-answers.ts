// Test: what Auth0's SDK says it gets, call by call, as its own declarations have it.
import { glob, readFile } from 'node:fs/promises';

/** `GET /roles/{}` and the type of its answer, in the SDK's namespace; `void` for none. */
export type SdkAnswers = ReadonlyMap<string, string>;

const RESOURCES = new URL('../../../node_modules/auth0/dist/esm/management/api/resources/', import.meta.url);

/** An address whose parameters have no names: ours and theirs differ. */
export const unnamed = (method: string, path: string): string => `${method} ${path.replaceAll(/\{\w+\}|:\w+/g, '{}')}`;

export async function readSdkAnswers(): Promise<SdkAnswers> {
  const answers = new Map<string, string>();
  for await (const file of glob('**/Client.mjs', { cwd: RESOURCES.pathname })) {
    const code = await readFile(new URL(file, RESOURCES), 'utf8');
    const declared = await readFile(new URL(file.replace(/mjs$/, 'd.mts'), RESOURCES), 'utf8');
    const types = new Map(
      [...declared.matchAll(/^ {4}(\w+)\(.*\): (?:core\.HttpResponsePromise|Promise)<(.*)>;$/gm)].map(
        ([, name = '', type = '']) => [name, /^core\.Page<.*, (.*)>$/.exec(type)?.[1] ?? type],
      ),
    );
    // A method's body begins at its name and says its address in its last word to the error handler.
    let name = '';
    for (const [, method, verb, path] of code.matchAll(
      /^ {4}(?:__)?(\w+)\([^\n]*\) \{$|handleNonStatusCodeError\(.*, "(\w+)", "([^"]+)"\)/gm,
    )) {
      if (method !== undefined) name = method;
      const type = types.get(name);
      if (verb !== undefined && path !== undefined && type !== undefined) answers.set(unnamed(verb, path), type);
    }
  }
  return answers;
}
