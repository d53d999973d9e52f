// Test: every call of the vendor's ManagementClient in the versions that tools of today use, read from its source: the client itself lists nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A call as our routes have it: a method, and a path whose parameters are all called `:`. */
export type VendorCall = { method: string; path: string };

const CALL = /url: core\.url\.join\([\s\S]*?ManagementEnvironment\.Default, (.+)\),\s+method: "(\w+)"/g;

/** The newest one, and that of the deploy tool. */
const CLIENTS = ['auth0', 'auth0-v6'] as const;

/** @throws where the source is not what this reads. */
export const vendorCalls = (): VendorCall[] => CLIENTS.flatMap(callsOf);

function callsOf(client: (typeof CLIENTS)[number]): VendorCall[] {
  const root = dirname(createRequire(import.meta.url).resolve(client));
  const folder = join(root.slice(0, root.lastIndexOf(client) + client.length), 'dist/cjs/management/api/resources');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /client[\\/]Client\.js$/.test(name),
  );
  const calls = sources.flatMap((name) => {
    const source = readFileSync(join(folder, name), 'utf8');
    const found = [...source.matchAll(CALL)].map(([, address = '', method = '']) => ({
      method,
      path: pathOf(address),
    }));
    if (found.length !== source.split('core.url.join(').length - 1) throw new Error(`a call of ${name} is not read`);
    return found;
  });
  return calls;
}

/** From `"roles"` or `` `roles/${core.url.encodePathParam(id)}` ``. */
const pathOf = (address: string): string =>
  `/${address.slice(1, -1).replaceAll(/\$\{core\.url\.encodePathParam\([\w.]+\)\}/g, ':')}`;

/** The same of a path of ours. */
export const unnamed = (path: string): string => path.replaceAll(/:\w+/g, ':');
