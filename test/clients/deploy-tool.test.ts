// Auth0's deploy tool, unmodified, keeps a tenant of Sallyport in files: what is imported is what is exported, another tenant
// takes the files, a second import changes nothing, secrets stay behind, and what is not in the files can be removed.
import { cp, glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { openProgram, type Program } from './program.ts';
import { OPERATOR, type StartedServer, startServer } from './start-server.ts';

// An import compiles a schema of megabytes and an export asks two hundred times, no faster than its authors thought polite.
vi.setConfig({ testTimeout: 10 * 60_000 });

const FILES = fileURLToPath(new URL('fixtures/tenant/', import.meta.url));

/** What the tool puts in place of names in the files, and where it should write the names again. */
const SECRETS = {
  STEP_UP_SECRETS: [{ name: 'WEBHOOK_KEY', value: 'key of the webhook' }],
  TWILIO_AUTH_TOKEN: 'token at twilio',
  CONNECTIONS_GOOGLE_OAUTH2_SECRET: 'secret at google',
  CONNECTIONS_OIDC_SECRET: 'secret at the partner',
  SMTP_USER: 'user of the mail server',
  SMTP_PASS: 'password of the mail server',
  LOGSTREAMS_HTTP_SECRET: 'token of the archive',
};
/** The token of a connection for text messages is shown to whoever may read connections, as Auth0 shows it. */
const PLAIN = { COMPANY: 'Acme', LOGOUT_URLS: ['https://acme.example/bye'], SMS_TOKEN: 'token of the connection' };
const FILLED = { AUTH0_KEYWORD_REPLACE_MAPPINGS: { ...PLAIN, ...SECRETS } };

/** The most of the time goes to the texts of some forty screens, which one round is enough for. */
const WITHOUT_TEXTS = { AUTH0_EXCLUDED: ['prompts'] };

type Tree = Record<string, unknown>;

let folder: string;
let program: Program<typeof import('./programs/deploy-tool.ts')>;
let first: StartedServer;
let second: StartedServer;

const at = ({ port }: StartedServer) => ({
  domain: `localhost:${port}`,
  clientId: OPERATOR.client_id,
  clientSecret: OPERATOR.client_secret,
});

const take = (server: StartedServer, input: string, config: object = FILLED) =>
  program.run('importFiles', { tenant: at(server), input, config });

async function give(server: StartedServer, name: string, config: object = {}): Promise<Tree> {
  await program.run('exportFiles', { tenant: at(server), output: join(folder, name), config });
  return treeOf(name);
}

/** Every file of a folder, the structured ones as what they say, but for what each tenant draws by lot. */
async function treeOf(name: string): Promise<Tree> {
  const tree: Tree = {};
  for await (const file of glob('**/*.*', { cwd: join(folder, name) })) {
    const text = (await readFile(join(folder, name, file), 'utf8'))
      .replaceAll(/org_\w{16}/g, 'org_')
      .replaceAll(/(verification_txt: ).*/g, '$1drawn')
      // Each import publishes the modules.
      .replaceAll(/(latest_version_number: ).*/g, '$1counted');
    tree[file] = /\.(ya?ml|json)$/.test(file) ? parse(text) : text;
  }
  return tree;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-deploy-tool-'));
  const certificate = inject('clientsServer');
  [first, second] = await Promise.all([startServer(certificate), startServer(certificate)]);
  program = openProgram('deploy-tool.ts');
});
afterAll(async () => {
  await program.close();
  await rm(folder, { recursive: true, force: true });
  await first.close();
  await second.close();
});

let exported: Tree;

test('what was imported is exported, without secrets', async () => {
  await take(first, join(FILES, 'tenant.yaml'));
  exported = await give(first, 'exported');
  expect(lost(await wanted(), exported['tenant.yaml'])).toEqual([]);
  const text = JSON.stringify(exported);
  const told = Object.values(SECRETS).flat();
  expect(told.filter((secret) => text.includes(typeof secret === 'string' ? secret : secret.value))).toEqual([]);
});

test('another tenant takes the files, where names still stand for values, and exports the same', async () => {
  await cp(FILES, join(folder, 'kept'), { recursive: true });
  // The tool stumbles over its own family when it keeps names.
  const config = { ...FILLED, AUTH0_PRESERVE_KEYWORDS: true, AUTH0_EXCLUDED: ['clientAuthCredentials'] };
  await give(first, 'kept', config);
  const text = await readFile(join(folder, 'kept/tenant.yaml'), 'utf8');
  expect(['##COMPANY##', '@@LOGOUT_URLS@@', '@@STEP_UP_SECRETS@@'].filter((name) => !text.includes(name))).toEqual([]);
  await take(second, join(folder, 'kept/tenant.yaml'));
  expect(await give(second, 'second')).toEqual(exported);
});

test('a second import changes nothing', async () => {
  await take(first, join(FILES, 'tenant.yaml'), { ...FILLED, ...WITHOUT_TEXTS });
  const { prompts: _texts, ...rest } = exported['tenant.yaml'] as Tree;
  expect(await give(first, 'again', WITHOUT_TEXTS)).toEqual({ ...exported, 'tenant.yaml': rest });
});

test('what is left out of an import is left alone', async () => {
  const roles = async () => ((await give(second, 'part', only))['tenant.yaml'] as { roles: Tree[] }).roles;
  const only = { AUTH0_INCLUDED_ONLY: ['roles'] };
  const before = await roles();
  await take(second, await without('roles'), { AUTH0_ALLOW_DELETE: true, AUTH0_INCLUDED_ONLY: ['logStreams'] });
  expect(await roles()).toEqual(before);
});

const LISTS = [
  'triggers',
  'tokenExchangeProfiles',
  'actions',
  'actionModules',
  'clientGrants',
  'organizations',
  'roles',
  'connections',
  'databases',
  'clients',
  'resourceServers',
  'logStreams',
  'phoneProviders',
  'forms',
  'customDomains',
  'userAttributeProfiles',
  'connectionProfiles',
] as const;

test('a tenant is emptied, and filled again', async () => {
  // The tool would remove the modules before the Actions that use them.
  const others = LISTS.filter((list) => list !== 'actionModules');
  await take(second, await without(...others), { AUTH0_ALLOW_DELETE: true });
  const modules = { AUTH0_ALLOW_DELETE: true, AUTH0_INCLUDED_ONLY: ['actionModules'] };
  await take(second, await without('actionModules'), modules);
  const empty = (await give(second, 'empty', WITHOUT_TEXTS))['tenant.yaml'] as Record<string, unknown>;
  const left = LISTS.flatMap((list) => Object.values(empty[list] ?? {}).map((thing) => [list, nameOf(thing)]));
  // The tool never removes the client that it is.
  expect(left).toEqual([['clients', 'Operator']]);

  await take(second, join(folder, 'kept/tenant.yaml'), { ...FILLED, ...WITHOUT_TEXTS });
  const { prompts: _texts, ...rest } = exported['tenant.yaml'] as Tree;
  expect(await give(second, 'filled', WITHOUT_TEXTS)).toEqual({ ...exported, 'tenant.yaml': rest });
});

const nameOf = (thing: unknown): unknown => (thing as { name?: unknown }).name ?? thing;

/** A file that has nothing in these lists. */
async function without(...lists: readonly string[]): Promise<string> {
  const file = join(folder, `without-${lists.length}.yaml`);
  const empty = lists.map((list) => [list, list === 'triggers' ? { 'post-login': [] } : []]);
  await writeFile(file, stringify(Object.fromEntries(empty)));
  return file;
}

/** The files of the fixture, as the tool reads them. */
async function wanted(): Promise<Tree> {
  const text = await readFile(join(FILES, 'tenant.yaml'), 'utf8');
  const quoted = /["']@@([A-Z_]+)@@["']/g;
  const values: Record<string, unknown> = PLAIN;
  const filled = text.replaceAll(quoted, (_whole, name) => JSON.stringify(values[name] ?? []));
  return parse(filled.replaceAll(/##([A-Z_]+)##/g, (whole, name) => String(values[name] ?? whole))) as Tree;
}

/** What the tool reads and never writes, or writes under another name. */
const OWN_WAYS = [
  // It asks for the provider of text messages in a way that its SDK does not answer.
  /^guardianFactorProviders/,
  // Where the texts of files are.
  /\.(code|html|body)$/,
  /customScripts/,
  // It knows the API of an organization's grant by the client alone.
  /client_grants\.\w+\.audience$/,
];

/** The places where `present` does not hold what is wanted: of objects what is named, of lists each entry by its name. */
function lost(want: unknown, present: unknown, place = ''): string[] {
  if (OWN_WAYS.some((way) => way.test(place))) return [];
  if (Array.isArray(want)) {
    const there = Array.isArray(present) ? present : [];
    return want.flatMap((one, index) => {
      const key = ['name', 'template', 'type', 'identifier', 'domain', 'client_id'].find(
        (name) => typeof one === 'object' && one !== null && Object.hasOwn(one, name),
      );
      const same = key === undefined ? there[index] : there.find((other) => other[key] === one[key]);
      return lost(one, same, `${place}.${key === undefined ? index : one[key]}`);
    });
  }
  if (typeof want === 'object' && want !== null) {
    const there = (present ?? {}) as Tree;
    return Object.entries(want).flatMap(([name, value]) => lost(value, there[name], place ? `${place}.${name}` : name));
  }
  return want === present || (want === null && present === undefined) ? [] : [`${place}: ${want}, not ${present}`];
}
