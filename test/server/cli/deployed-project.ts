// Tests of deployments: a project of two Actions, of which one is TypeScript, with a module between them, in a folder.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export const SECRET = 'a value that nobody sees';
export const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };\n`;
export const PROJECT: Record<string, string> = {
  'sallyport.json': JSON.stringify({
    tenant: 'dev',
    actions: { 'phone-first': { modules: ['shared'], secrets: ['API_KEY'] } },
    bindings: ['phone-first', 'for-admins'],
    factors: { otp: true, sms: true },
    settings: { customize_mfa_in_postlogin_action: true },
  }),
  'modules/shared.js': "exports.hello = (who) => 'hello ' + who;\n",
  'actions/phone-first.js': `const { hello } = require('actions:shared');\n${script(
    `console.log(hello(event.user.email)); api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);`,
  )}`,
  'actions/for-admins.ts': `export const onExecutePostLogin = async (event: any, api: any): Promise<void> => {
  if (event.authorization?.roles.includes('admin')) api.authentication.challengeWith({ type: 'email' });
};\n`,
};
export const WITHOUT_MODULE = {
  ...PROJECT,
  'sallyport.json': PROJECT['sallyport.json']?.replace('"modules":["shared"],', '') ?? '',
  'actions/phone-first.js': script(`api.access.deny('no');`),
};

/** The folder of a project with these files, for as long as the test runs; an empty text is no file. */
export async function project(files: Record<string, string>): Promise<string> {
  const at = await mkdtemp(join(tmpdir(), 'deploy-'));
  onTestFinished(() => rm(at, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    if (text === '') continue;
    await mkdir(dirname(join(at, path)), { recursive: true });
    await writeFile(join(at, path), text);
  }
  return at;
}
