// The page about the JSON flow: every call of it is made, in its order, against the whole application and the stand-in, and
// is answered well. What the reader has to put in from an answer is put in here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import { type MockMessagesServer, openMockMessages } from '#server/cli/mock-messages.ts';
import { type CurlAnswer, type CurlCall, runShell, type Variables } from '#test/kit/curl.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type Office, openOffice } from './management/office.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/json-flow.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

let office: Office;
let mock: MockMessagesServer;
let mockPort: number;
beforeAll(async () => {
  mockPort = await freePort();
  office = await openOffice(undefined, { egressAllow: [`host.docker.internal:${mockPort}`] });
  const operator = { clientId: 'operator', clientSecret: 'change-me' };
  await ensureDefaultTenant(office.door.house.ports, { name: 'nobody', baseUrl: 'http://localhost:3000', operator });
  const { now } = office.door.house.ports;
  const silent = { arrived: () => {}, checked: () => {} };
  mock = await openMockMessages({ host: '127.0.0.1', port: mockPort, strict: false, now, ...silent });
});
afterAll(() => Promise.all([office.close(), mock.close()]));

async function send({ method, url, headers, body }: CurlCall): Promise<CurlAnswer> {
  const response = await office.door.app.request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** What a reader copies from an answer, by the variable it goes to. */
const COPIED: Record<string, (answer: CurlAnswer) => string | null | undefined> = {
  ADMIN_TOKEN: ({ text }) => JSON.parse(text).access_token,
  AUTH_ID: ({ headers }) => new URL(headers.get('location') ?? '').searchParams.get('id'),
  CODE: ({ text }) => JSON.parse(text).verification_code,
  AUTHORIZATION_CODE: ({ text }) => new URL(JSON.parse(text).redirect_uri).searchParams.get('code'),
};

test('every call of the page is answered as it says', async () => {
  const variables: Variables = {};
  const answers = new Map<string, CurlAnswer>();
  let last: CurlAnswer | undefined;
  for (const block of BLOCKS) {
    for (const [, name = ''] of block.matchAll(/^([A-Z_]+)=…$/gm)) {
      const copied = last && COPIED[name]?.(last);
      if (!copied) throw new Error(`nothing to put in for ${name} in ${last?.text}`);
      variables[name] = copied;
    }
    const here = block
      .replaceAll('TENANT=dev', 'TENANT=nobody')
      .replaceAll('host.docker.internal:4000', `host.docker.internal:${mockPort}`);
    await runShell(here, variables, async (call) => {
      const answer = await send(call);
      expect([200, 201, 302], `${call.method} ${call.url}: ${answer.text}`).toContain(answer.status);
      answers.set(call.url.split('/').at(-1)?.split('?')[0] ?? '', answer);
      last = answer;
      return answer;
    });
  }
  const bodyOf = (name: string) => JSON.parse(answers.get(name)?.text ?? 'null') as unknown;
  expect(bodyOf('authentication-configurations')).toMatchObject({ warnings: [] });
  expect(bodyOf('authentication-policies')).toMatchObject({ warnings: [] });
  expect(bodyOf('initial-registration')).toMatchObject({ status: 'success', user: { status: 'INITIALIZED' } });
  expect(bodyOf('authentication-status')).toMatchObject({
    status: 'in_progress',
    explanation: { next: ['sms-authentication-challenge'] },
  });
  expect(bodyOf('sms-authentication')).toMatchObject({ status: 'success' });
  expect(bodyOf('tokens')).toMatchObject({ access_token: expect.any(String), id_token: expect.any(String) });
  expect(bodyOf('security-events')).toMatchObject({ total_count: 1, list: [{ type: 'sms_verification_success' }] });
  expect(bodyOf('evaluate')).toMatchObject({ status: 'in_progress', next: ['sms-authentication-challenge'] });
  expect(answers.get('diagram')?.text).toMatch(/^(flowchart|graph|stateDiagram)/);
});

test('the page shows no command that nobody runs', () => {
  expect(BLOCKS.length).toBeGreaterThan(8);
  expect(PAGE.match(/^curl|^\s+curl/gm)?.length).toBe(BLOCKS.join('\n').match(/^curl/gm)?.length);
});
