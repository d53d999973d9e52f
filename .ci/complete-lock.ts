// Run after `npm install` has changed package-lock.json (`npm run lock`).
// A registry mirror may lack the platform packages of other operating systems; npm then leaves them out of the lock
// and refuses the next `npm ci`. Their names and exact versions stand in their parents, so we write them down:
// on another platform npm fetches them by name and version, here it skips them by os and cpu.
import { readFileSync, writeFileSync } from 'node:fs';

type Locked = {
  version?: string;
  optional?: true;
  dev?: true;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'sunos', 'aix', 'netbsd', 'openbsd'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'riscv64', 'ppc64', 's390x', 'loong64', 'wasm32'];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
let added = 0;
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const at = `node_modules/${name}`;
    if (lock.packages[at] || lock.packages[`${parent}/${at}`]) continue;
    const words = name.slice(name.indexOf('/') + 1).split('-');
    const has = (list: string[]) => list.filter((word) => words.includes(word));
    const os = has(SYSTEMS);
    const cpu = has(PROCESSORS);
    const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : [];
    lock.packages[at] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...(os.length ? { os } : {}),
      ...(cpu.length ? { cpu } : {}),
      ...(libc.length ? { libc } : {}),
    };
    added++;
  }
}
const [root, ...rest] = Object.entries(lock.packages);
if (root) lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages written down`);
