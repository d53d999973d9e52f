// What the published document promises, and what Auth0's SDK says it gets: the compiler holds every answer against the type of
// the SDK's own call. The document itself is a valid one.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, expect, test } from 'vitest';
import { MANAGEMENT_ROUTES } from '#server/management/management.ts';
import { publishDescription } from '#server/management/openapi.ts';
import { readSdkAnswers, unnamed } from './sdk-types/sdk-answers.ts';
import { type Comparison, type PublishedDocument, writeComparison } from './sdk-types/write-comparison.ts';

/** Where it differs, and why it stays. */
const DIFFERENT: readonly { calls: RegExp; why: string }[] = [
  { calls: /^\w+ \/email-templates/, why: 'recorded with null in `includeEmailInRedirect`' },
  { calls: /^POST \/jobs\/users-imports$/, why: 'the form names a connection, and a job can outlive it' },
  { calls: /^\w+ \/clients(\/\{\}(\/rotate-secret)?)?$/, why: 'a quota is shown with what it was given' },
  { calls: /^\w+ \/resource-servers/, why: 'recorded without the key itself' },
  { calls: /^\w+ \/tenants\/settings$/, why: 'recorded with null in texts that were taken away' },
  { calls: /^\w+ \/guardian\/factors\/push-notification\/providers/, why: 'what a provider needs is kept as it came' },
  { calls: /^\w+ \/branding\/themes/, why: 'a theme may have no name' },
  { calls: /^\w+ \/branding\/phone\/providers/, why: 'a provider of our own has no configuration' },
  { calls: /^\w+ \/custom-domains/, why: 'fields are chosen' },
  { calls: /^\w+ \/forms/, why: 'a form that was never drawn has null in its parts' },
];

const document = JSON.parse(publishDescription(MANAGEMENT_ROUTES)('https://tenant.example')) as PublishedDocument;
let comparison: Comparison;
let faults: Map<string, string>;

beforeAll(async () => {
  comparison = writeComparison(document, await readSdkAnswers());
  // Where it finds the SDK, and nobody looks for sources.
  const folder = new URL('../../node_modules/.cache/sallyport-sdk-types/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const file = new URL(`answers-${process.pid}.ts`, folder);
  await writeFile(file, comparison.text);
  faults = await compile(file.pathname, comparison);
  await rm(file);
});

/** The calls that the compiler complains of, with its complaint. */
async function compile(file: string, { calls }: Comparison): Promise<Map<string, string>> {
  const compiler = new URL('../../node_modules/typescript/bin/tsc', import.meta.url).pathname;
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2022',
  ];
  const said = await new Promise<string>((resolve, reject) =>
    execFile(process.execPath, [compiler, ...options, file], { maxBuffer: 1 << 28 }, (error, out) =>
      error && out === '' ? reject(error) : resolve(out),
    ),
  );
  const found = new Map<string, string>();
  for (const [whole, line] of said.matchAll(/^[^\s(]*\((\d+),\d+\): error .*(?:\n +.*)*/gm)) {
    found.set(calls.get(Number(line)) ?? `line ${line}`, whole.slice(0, 2000));
  }
  return found;
}

test('the SDK gets what it says it gets', () => {
  expect(comparison.calls.size).toBeGreaterThan(200);
  const strange = [...faults].filter(([call]) => !DIFFERENT.some(({ calls }) => calls.test(call)));
  expect(strange).toEqual([]);
});

test('each difference that is told of is there', () => {
  expect(DIFFERENT.filter(({ calls }) => ![...faults.keys()].some((call) => calls.test(call)))).toEqual([]);
});

test('every call that the SDK knows publishes what it answers', async () => {
  const sdk = await readSdkAnswers();
  const silent = MANAGEMENT_ROUTES.filter(({ answers }) => answers === undefined)
    .map(({ method, path }) => unnamed(method, path))
    .filter((call) => sdk.has(call));
  expect(silent).toEqual([]);
});

test('the document is valid, and every name in it leads somewhere', async () => {
  const judged = await new Validator().validate(structuredClone(document));
  expect(judged).toEqual({ valid: true });
  const text = JSON.stringify(document);
  const refs = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? ''));
  expect([...refs].filter((name) => !Object.hasOwn(document.components?.schemas ?? {}, name))).toEqual([]);
});

test('every call has a name of its own', () => {
  const ids = [...JSON.stringify(document.paths).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);
  expect(ids.length).toBe(MANAGEMENT_ROUTES.length);
  expect(new Set(ids).size).toBe(ids.length);
});
