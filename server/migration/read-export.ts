// Server, migration: reads what the vendor's deploy tool wrote down of a tenant: a folder with a file for each thing, or one
// tenant.yaml. Placeholders of the tool are kept and named. No file outside of the folder is read, whatever a file names.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { CommandError } from '../cli/command.ts';
import { printable } from '../cli/printable.ts';

export type Wire = Record<string, unknown>;

/** One thing of the export. `file` is relative to the folder. */
export type Exported = { file: string; value: Wire };

export type TenantExport = {
  actions: (Exported & { code: string })[];
  modules: (Exported & { code: string })[];
  /** By trigger. */
  triggers: Record<string, Wire[]>;
  factors: Exported[];
  tenant: Wire;
  clients: Exported[];
  roles: Exported[];
  resourceServers: Exported[];
  connections: Exported[];
  /** Scripts of the older kinds; how many of each. */
  rules: number;
  hooks: number;
  /** Names of folders and files that nothing here reads. */
  others: string[];
  /** `##KEY##` and `@@KEY@@`, and the files that hold them. */
  placeholders: Map<string, string[]>;
  /** Files that could not be read, and why. */
  faults: { file: string; message: string }[];
};

const KNOWN = [
  'actions',
  'action-modules',
  'triggers',
  'clients',
  'roles',
  'connections',
  'databases',
  'database-connections',
  'resource-servers',
  'guardian',
  'tenant.json',
  'rules',
  'hooks',
  'config.json',
];
const LARGEST_FILE = 5_000_000;

/**
 * @param place an export's folder, or its tenant.yaml. @returns undefined where there is nothing of one.
 * Throws `CommandError` where a tenant.yaml cannot be read.
 */
export async function readExport(place: string): Promise<TenantExport | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (!found) return undefined;
  const root = await realpath(found.isDirectory() ? place : dirname(place));
  const files = filesOf(root);
  const yaml = found.isDirectory()
    ? (await files.exists('tenant.yaml'))
      ? 'tenant.yaml'
      : undefined
    : basename(place);
  const empty = emptyExport(files);
  if (yaml !== undefined) return readYaml(files, yaml, empty);
  const names = await readdir(root);
  const others = names.filter((name) => !KNOWN.includes(name) && !name.startsWith('.')).sort();
  if (others.length === names.length) return undefined;
  return readFolder(files, { ...empty, others });
}

type Files = ReturnType<typeof filesOf>;

/** Reads within `root` alone. What is wrong with a file is kept, and the others are read. */
function filesOf(root: string) {
  const placeholders = new Map<string, string[]>();
  const faults: TenantExport['faults'] = [];
  const within = async (file: string): Promise<string | undefined> => {
    const real = await realpath(join(root, file)).catch(() => undefined);
    return real?.startsWith(root + sep) ? real : undefined;
  };
  const read = async (file: string): Promise<string | undefined> => {
    const path = await within(file);
    if (path === undefined) return undefined;
    const found = await stat(path);
    // A named pipe would be waited for without end.
    if (!found.isFile()) {
      faults.push({ file, message: 'is no file' });
      return undefined;
    }
    if (found.size > LARGEST_FILE) {
      faults.push({ file, message: 'is too large' });
      return undefined;
    }
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    for (const [placeholder] of text.matchAll(/##\w+##|@@\w+@@/g)) {
      const known = placeholders.get(placeholder) ?? [];
      if (!known.includes(file)) placeholders.set(placeholder, [...known, file]);
    }
    return text;
  };
  return {
    placeholders,
    faults,
    read,
    exists: async (file: string) => (await within(file)) !== undefined,
    /** What a folder holds, or what of it ends so, in the order of the names; none where there is no such folder. */
    async list(folder: string, ending?: string): Promise<string[]> {
      const path = await within(folder);
      const names = path === undefined ? [] : await readdir(path).catch(() => []);
      return names
        .filter((name) => ending === undefined || extname(name) === ending)
        .sort()
        .map((name) => `${folder}/${name}`);
    },
    async json(file: string): Promise<Wire | undefined> {
      const text = await read(file);
      if (text === undefined) return undefined;
      const value = parseJson(text);
      if (typeof value === 'object' && value !== null) return value as Wire;
      faults.push({ file, message: 'is no JSON' });
      return undefined;
    },
  };
}

/** `@@KEY@@` stands for a whole value, without quotes: as a text it can be kept. */
function parseJson(text: string): unknown {
  for (const candidate of [text, text.replaceAll(/(?<!")@@(\w+)@@(?!")/g, '"@@$1@@"')]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next way to read it.
    }
  }
  return undefined;
}

const emptyExport = ({ placeholders, faults }: Pick<Files, 'placeholders' | 'faults'>): TenantExport => ({
  actions: [],
  modules: [],
  triggers: {},
  factors: [],
  tenant: {},
  clients: [],
  roles: [],
  resourceServers: [],
  connections: [],
  rules: 0,
  hooks: 0,
  others: [],
  placeholders,
  faults,
});

async function readFolder(files: Files, empty: TenantExport): Promise<TenantExport> {
  const all = async (folder: string): Promise<Exported[]> => {
    const found: Exported[] = [];
    for (const file of await files.list(folder, '.json')) {
      const value = await files.json(file);
      if (value) found.push({ file, value });
    }
    return found;
  };
  const databases: Exported[] = [];
  for (const folder of ['databases', 'database-connections']) {
    for (const file of await databaseFiles(files, folder)) {
      const value = await files.json(file);
      if (value) databases.push({ file, value: { strategy: 'auth0', ...value } });
    }
  }
  const [triggers] = await all('triggers');
  return {
    ...empty,
    actions: await withCode(files, await all('actions')),
    modules: await withCode(files, await all('action-modules')),
    triggers: (triggers?.value ?? {}) as Record<string, Wire[]>,
    factors: await all('guardian/factors'),
    tenant: (await files.json('tenant.json')) ?? {},
    clients: await all('clients'),
    roles: await all('roles'),
    resourceServers: await all('resource-servers'),
    connections: [...databases, ...(await all('connections'))],
    rules: (await files.list('rules', '.js')).length,
    hooks: (await files.list('hooks', '.js')).length,
  };
}

async function databaseFiles(files: Files, folder: string): Promise<string[]> {
  const nested = (await files.list(folder)).map((name) => `${name}/database.json`);
  const found = await Promise.all(nested.map(async (file) => ((await files.exists(file)) ? [file] : [])));
  return found.flat();
}

/** Their texts lie beside them: where the file says, or in a folder of its name. */
async function withCode(files: Files, all: readonly Exported[]): Promise<(Exported & { code: string })[]> {
  const found: (Exported & { code: string })[] = [];
  for (const { file, value } of all) {
    const stem = file.replace(/\.json$/, '');
    const told = typeof value.code === 'string' ? value.code.replaceAll('\\', '/') : '';
    // Older exports name the file from the folder above theirs, or by a path of the machine they were made on.
    const below = /(?:^|\/)((?:actions|action-modules)\/.+)$/.exec(told)?.[1];
    const places = [`${stem}/code.js`, ...(told === '' ? [] : [told]), ...(below === undefined ? [] : [below])];
    let code: string | undefined;
    for (const place of places) code ??= await files.read(place);
    if (code === undefined) files.faults.push({ file, message: `its text is not there (${places[0]})` });
    else found.push({ file, value, code });
  }
  return found;
}

async function readYaml(files: Files, file: string, empty: TenantExport): Promise<TenantExport> {
  // The whole export is this one file: without it nothing is left that a project could be made of.
  const unreadable = (why: string) => new CommandError(`${printable(file)} cannot be read: ${printable(why)}.`);
  const text = await files.read(file);
  if (text === undefined) throw unreadable(files.faults[0]?.message ?? 'it is not within the folder');
  let document: Wire;
  try {
    // No aliases: a small file of them grows without bound.
    document = (parseYaml(text.replaceAll(/(?<!["'\w])@@(\w+)@@(?!["'\w])/g, '"@@$1@@"'), {
      maxAliasCount: 0,
      logLevel: 'error',
    }) ?? {}) as Wire;
  } catch (error) {
    throw unreadable(`it is no YAML (${(error as Error).message.split('\n')[0]?.replace(/:$/, '')})`);
  }
  if (typeof document !== 'object' || Array.isArray(document)) {
    throw unreadable('it names no actions, triggers, clients and so on');
  }
  const listOf = (key: string): Exported[] =>
    (Array.isArray(document[key]) ? (document[key] as unknown[]) : [])
      .filter((value): value is Wire => typeof value === 'object' && value !== null)
      .map((value) => ({ file, value }));
  const names = (value: string) => value.replace(/^\.\//, '');
  const scripts = async (key: string) => {
    const found: (Exported & { code: string })[] = [];
    for (const each of listOf(key)) {
      const told = String(each.value.code ?? '');
      const code = (await files.read(names(told))) ?? (told.includes('\n') ? told : undefined);
      if (code === undefined) files.faults.push({ file: names(told) || file, message: 'is not there' });
      else found.push({ ...each, code });
    }
    return found;
  };
  const read = [
    'actions',
    'actionModules',
    'triggers',
    'guardianFactors',
    'tenant',
    'clients',
    'roles',
    'resourceServers',
    'databases',
    'connections',
    'rules',
    'hooks',
  ];
  return {
    ...empty,
    actions: await scripts('actions'),
    modules: await scripts('actionModules'),
    triggers: (document.triggers ?? {}) as Record<string, Wire[]>,
    factors: listOf('guardianFactors'),
    tenant: (document.tenant ?? {}) as Wire,
    clients: listOf('clients'),
    roles: listOf('roles'),
    resourceServers: listOf('resourceServers'),
    connections: [
      ...listOf('databases').map((each) => ({ ...each, value: { strategy: 'auth0', ...each.value } })),
      ...listOf('connections'),
    ],
    rules: listOf('rules').length,
    hooks: listOf('hooks').length,
    others: Object.keys(document)
      .filter((key) => !read.includes(key))
      .sort(),
  };
}
