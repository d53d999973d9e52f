// Example programs: `auth0-deploy-cli`, unmodified, called as a library.
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

// The tool compiles its schema, of some megabytes, each time it imports: half a minute. What it compiled once it gets again.
const validator = load.resolve('ajv/lib/ajv', { paths: [load.resolve('auth0-deploy-cli')] });
const Ajv = load(validator) as new (options: object) => object;
const compiled = new Map<string, object>();
const entry = load.cache[validator];
if (entry) {
  entry.exports = function kept(options: object): object {
    const key = JSON.stringify(options);
    const ajv = compiled.get(key) ?? new Ajv(options);
    compiled.set(key, ajv);
    return ajv;
  };
}

type Tool = {
  deploy(given: { input_file: string; config: object }): Promise<void>;
  dump(given: { output_folder: string; format: 'yaml' | 'directory'; config: object }): Promise<void>;
};
const { deploy, dump } = load('auth0-deploy-cli') as Tool;

type Tenant = { domain: string; clientId: string; clientSecret: string };

const configOf = ({ domain, clientId, clientSecret }: Tenant, config: object): object => ({
  AUTH0_DOMAIN: domain,
  AUTH0_CLIENT_ID: clientId,
  AUTH0_CLIENT_SECRET: clientSecret,
  AUTH0_EXPORT_ORDERED: true,
  ...config,
});

/** @param input a `tenant.yaml` or a folder. */
export async function importFiles({ tenant, input, config = {} }: { tenant: Tenant; input: string; config?: object }) {
  await deploy({ input_file: input, config: configOf(tenant, config) });
}

export async function exportFiles({
  tenant,
  output,
  format = 'yaml',
  config = {},
}: {
  tenant: Tenant;
  output: string;
  format?: 'yaml' | 'directory';
  config?: object;
}) {
  await dump({ output_folder: output, format, config: configOf(tenant, config) });
}
