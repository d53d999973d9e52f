// Test kit: reads the source tree the way an inspector would and says what breaks the plan of the house. It trusts
// nothing but the text of the files: who imports whom is in their import lines, type-only ones included.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { findImports, type Import } from './import-lines.ts';

/** Where an npm package may be named: by these files or by everything below these folders (they end in `/`). */
export type PackageHomes = { readonly [name: string]: readonly string[] };

type SourceFile = { path: string; room: string; text: string; lines: string[]; imports: Import[] };
type Rule = (file: SourceFile, say: (what: string) => void) => void;

const ROOMS = ['actions', 'runtime', 'server', 'storage'];
const TOP_FOLDERS = [...ROOMS, 'test', 'bench', 'docs', '.ci'];
/** Made by tools or by running the server; not part of the house. */
const NOT_OURS = ['.git', 'node_modules', 'data', 'dist', 'coverage'];
const CEILING = 300;
const EXCUSE = /^\/\/ Longer than 300 lines because \S/;
const BANNED_NAMES =
  /^(utils?|helpers?|common|libs?|core|services?|managers?|processors?|misc|types)$|-(utils?|helpers?|services?|managers?|processors?)$/;
/** Assembled from pieces, so that this file does not break the rule it states. */
const BANNED_WORDS = ['TO' + 'DO', 'FIX' + 'ME', '@ts-' + 'ignore', '@ts-' + 'nocheck', 'biome-' + 'ignore'];
const OUTSIDE = ['..', 'shared'].join('/');
/**
 * The siblings of the stair inside `runtime/`, and the files by which each may be known to the others. Of factors also the
 * catalogue: an event says what a person has enrolled; of delivery, what makes a message and what says whether it may go.
 */
const CONTRACTS: { readonly [folder: string]: readonly string[] } = {
  pipeline: [
    'runtime/pipeline/run-action.ts',
    'runtime/pipeline/run-trigger.ts',
    'runtime/pipeline/message-script.ts',
    'runtime/pipeline/message-occasion.ts',
    'runtime/pipeline/event-pieces.ts',
  ],
  factors: ['runtime/factors/factor.ts', 'runtime/factors/catalogue.ts'],
  interactions: [
    'runtime/interactions/interaction.ts',
    'runtime/interactions/json-path.ts',
    'runtime/interactions/conditions.ts',
    'runtime/interactions/linear-regex.ts',
    'runtime/interactions/budget.ts',
  ],
  policies: ['runtime/policies/policy.ts', 'runtime/policies/document.ts'],
  delivery: [
    'runtime/delivery/delivery.ts',
    'runtime/delivery/compose.ts',
    'runtime/delivery/mail-terms.ts',
    'runtime/delivery/admit-message.ts',
  ],
  push: ['runtime/push/push.ts'],
  passwordless: ['runtime/passwordless/connection.ts'],
  sandbox: ['runtime/sandbox/sandbox.ts'],
  builds: ['runtime/builds/builds.ts'],
  egress: ['runtime/egress/egress.ts'],
  risk: [
    'runtime/risk/risk.ts',
    'runtime/risk/geography.ts',
    'runtime/risk/untrusted-addresses.ts',
    'runtime/risk/address.ts',
  ],
  protection: [
    'runtime/protection/sign-in.ts',
    'runtime/protection/throttle.ts',
    'runtime/protection/breached-passwords.ts',
  ],
  sessions: ['runtime/sessions/session.ts'],
  grants: ['runtime/grants/grant.ts'],
  lifecycle: ['runtime/lifecycle/tenant.ts'],
};
/** The upper steps of the stair, files and one folder, lowest first: each may know those before it. The rest of `runtime/` knows none. */
const UPPER_STEPS = [
  'runtime/import-users.ts',
  'runtime/register.ts',
  'runtime/registered.ts',
  'runtime/password-changed.ts',
  'runtime/sign-up.ts',
  'runtime/sign-up-apart.ts',
  'runtime/passwordless-account.ts',
  'runtime/verify-passwordless.ts',
  'runtime/send-passwordless-code.ts',
  'runtime/start-passwordless.ts',
  'runtime/exchange-credentials.ts',
  'runtime/exchange-token.ts',
  'runtime/exchanged-user.ts',
  'runtime/invite.ts',
  'runtime/try-phone.ts',
  'runtime/try-action.ts',
  'runtime/renew-password.ts',
  'runtime/suggest.ts',
  'runtime/security-event.ts',
  'runtime/gate/',
  'runtime/replay/',
  'runtime/settle.ts',
  'runtime/journal.ts',
  'runtime/work.ts',
  'runtime/advance.ts',
  'runtime/prefetch.ts',
  'runtime/create-runtime.ts',
];
/** The face of the room: types alone, which every step but `transaction/` may read. */
const FACE = 'runtime/runtime.ts';
const STORAGE_TYPES = ['storage/store.ts', 'storage/records.ts'];
/** What opens a database, starts processes or builds the runtime: done where the house is opened, and by the harness, which opens many. */
const WIRING = /\b(openStore|openStoreInMemory|openKeyring|createSandbox|createRuntime)\b/;
const WIRED_IN = ['server/open-house.ts', 'server/testing/'];
/** Beside the two that read it for everybody: what starts before them, and what a test runner tells the processes of a run. */
const ENVIRONMENT_READERS = [
  'server/cli/sallyport.js',
  'server/project/coverage-counts.ts',
  'server/config.ts',
  'server/cli/main.ts',
];

/**
 * Inspects a tree.
 * @param root folder that holds `actions/`, `runtime/` and the rest.
 * @returns one line per violation, `<path>: <what is wrong>`, in the order of paths; empty when the plan holds.
 */
export function inspectHouse(root: string, homes: PackageHomes): string[] {
  const found: string[] = [];
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (folder.isDirectory() && !NOT_OURS.includes(folder.name) && !TOP_FOLDERS.includes(folder.name)) {
      found.push(`${folder.name}: is no room of the house`);
    }
  }
  for (const file of sourceFiles(root)) {
    for (const rule of RULES) rule(file, (what) => found.push(`${file.path}: ${what}`));
    checkPackages(file, homes, (what) => found.push(`${file.path}: ${what}`));
  }
  return found;
}

/** Every path that a document names between backticks or in a link must exist. */
export function inspectDocument(root: string, path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const named = [...text.matchAll(/`((?:actions|runtime|server|storage|test|bench|docs|\.ci)\/[\w./-]+)`/g)].map(
    (m) => m[1]!,
  );
  const linked = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((m) =>
    normalize(join(dirname(path), m[1]!)),
  );
  return [...named, ...linked]
    .filter((name) => !existsSync(join(root, name)))
    .map((name) => `${path}: names ${name}, which does not exist`);
}

const RULES: Rule[] = [
  function namedInKebabCase(file, say) {
    for (const part of file.path.split('/')) {
      const stem = part.replace(/^\./, '').replace(/\.(test|config|d)?\.?(ts|js)$/, '');
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) say(`${part} is not in kebab-case`);
      if (BANNED_NAMES.test(stem) && file.path.split('/').slice(0, 2).join('/') !== 'actions/types') {
        say(`${part} is a name that says nothing`);
      }
    }
  },
  function beginsWithItsLaw(file, say) {
    if (!/^(#!.*\n)?(\/\/|\/\*)/.test(file.text)) say('does not begin with a comment that says what it is');
  },
  function staysBelowTheCeiling(file, say) {
    if (file.lines.length <= CEILING) return;
    const head = file.lines.slice(
      0,
      file.lines.findIndex((line) => !line.startsWith('//')),
    );
    if (!head.some((line) => EXCUSE.test(line))) say(`has ${file.lines.length} lines and its head gives no reason`);
  },
  function carriesNoLeftovers(file, say) {
    for (const word of BANNED_WORDS) if (file.text.includes(word)) say(`contains ${word}`);
    if (file.text.includes(OUTSIDE)) say('reaches out of the project');
  },
  function readsTheEnvironmentInOnePlace(file, say) {
    if (!ROOMS.includes(file.room) || ENVIRONMENT_READERS.includes(file.path)) return;
    if (
      /\bprocess\.env\b/.test(withoutComments(file.text)) ||
      file.imports.some((i) => i.names.includes('env') && i.to === 'node:process')
    ) {
      say('reads process.env');
    }
  },
  function staysInsideItsRoom(file, say) {
    for (const { to, resolved } of file.imports) {
      if (resolved === undefined) continue;
      const room = roomOf(resolved);
      if (to.startsWith('#') && room === file.room && ROOMS.includes(room)) say(`names its own room by ${to}`);
      if (to.startsWith('.') && room !== file.room && ROOMS.includes(file.room)) say(`leaves its room by ${to}`);
      if (/\.[cm]?[jt]s$/.test(to) === false) say(`imports ${to} without its extension`);
    }
  },
  function knowsOnlyTheRoomsBelow(file, say) {
    for (const { to, resolved, typeOnly } of file.imports) {
      if (resolved === undefined) continue;
      const room = roomOf(resolved);
      if (room === file.room || !ROOMS.includes(file.room)) continue;
      switch (file.room) {
        case 'actions':
        case 'storage':
          say(`is in a leaf and imports ${to}`);
          break;
        case 'runtime':
          if (room === 'storage' && !(typeOnly && STORAGE_TYPES.includes(resolved))) {
            say(`imports ${to}; of storage/ only types of store.ts and records.ts`);
          }
          if (room !== 'actions' && room !== 'storage') say(`imports ${to} from above`);
          break;
        default:
          if (room === 'actions' && !typeOnly) say(`imports ${to}; of actions/ only types of its contracts`);
          if (!ROOMS.includes(room)) say(`imports ${to}, which is not part of the product`);
      }
    }
  },
  function climbsTheStair(file, say) {
    if (file.room !== 'runtime') return;
    const from = stepOf(file.path);
    for (const { to, resolved, typeOnly } of file.imports) {
      if (resolved === undefined || roomOf(resolved) !== 'runtime') continue;
      const target = stepOf(resolved);
      if (resolved === FACE) {
        if (from === 'transaction' || !typeOnly) say(`imports ${to}; only its types, and not from transaction/`);
      } else if (upperStep(resolved) !== -1) {
        const isBelow = upperStep(file.path) < upperStep(resolved);
        const isBeside = upperStep(file.path) === upperStep(resolved) && target !== from;
        if (isBelow || isBeside) say(`imports ${to} from further up the stair`);
      } else if (target in CONTRACTS && target !== from) {
        const contract = CONTRACTS[target] ?? [];
        const isAbove = upperStep(file.path) !== -1 || (file.path === FACE && typeOnly);
        if (from === 'transaction') say(`imports ${to}; transaction/ is pure and knows no sibling`);
        else if (!isAbove && !contract.includes(resolved))
          say(`imports ${to}; of ${target}/ only its contract ${contract.join(', ')}`);
      }
    }
  },
  function isWiredInOnePlace(file, say) {
    if (file.room !== 'server' || WIRED_IN.some((place) => file.path.startsWith(place))) return;
    for (const { to, names } of file.imports) if (WIRING.test(names)) say(`wires the house itself by ${to}`);
  },
  function standsAloneWhenReady(file, say) {
    if (!file.path.startsWith('actions/library/')) return;
    if (file.imports.length > 0) say('is a ready script and imports something');
  },
];

function checkPackages(file: SourceFile, homes: PackageHomes, say: (what: string) => void): void {
  if (!ROOMS.includes(file.room)) return;
  for (const { to, resolved } of file.imports) {
    if (resolved !== undefined) continue;
    if (to.startsWith('node:')) {
      if (file.room === 'actions') say(`imports ${to}; what runs in an isolate has no Node`);
      continue;
    }
    const name = to
      .split('/')
      .slice(0, to.startsWith('@') ? 2 : 1)
      .join('/');
    const home = homes[name];
    if (!home) say(`imports ${name}, which has no home in the list`);
    else if (!home.some((place) => file.path === place || (place.endsWith('/') && file.path.startsWith(place)))) {
      say(`imports ${name}; its home is ${home.join(', ')}`);
    }
  }
}

function sourceFiles(root: string): SourceFile[] {
  return TOP_FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name) && !entry.parentPath.includes(`${sep}fixtures`))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return {
        path,
        room: roomOf(path),
        text,
        lines: text.trimEnd().split('\n'),
        imports: findImports(path, withoutComments(text)),
      };
    });
}

function roomOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

/** The place on the upper stair: of the file, or of the folder that it stands in; -1 below it. */
function upperStep(path: string): number {
  return UPPER_STEPS.findIndex((step) => path === step || (step.endsWith('/') && path.startsWith(step)));
}

/** The folder below `runtime/`, or the file itself when it stands in the room. */
function stepOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Good enough for import lines: a comment begins its line or follows a space, so addresses in strings survive. */
function withoutComments(text: string): string {
  return text.replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replace(/(^|\s)\/\/.*$/gm, '$1');
}
