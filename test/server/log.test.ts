// The operator's log: lines that machines read, lines that people read, and no secret in either.
import { expect, test } from 'vitest';
import { createLogger } from '#server/log.ts';

function collect(readable: boolean, logLevel: 'info' | 'error' = 'info') {
  let text = '';
  const log = createLogger({ logLevel }, { write: (line) => (text += line) }, { readable });
  return { log, text: () => text };
}

test('JSON lines', () => {
  const { log, text } = collect(false);
  log.info({ port: 3000 }, 'listening');
  expect(JSON.parse(text())).toEqual({
    level: 'info',
    time: expect.stringMatching(/Z$/),
    port: 3000,
    msg: 'listening',
  });
});

test('readable lines', () => {
  const { log, text } = collect(true);
  log.warn({ port: 3000 }, 'careful');
  expect(text()).toMatch(/^\d\d:\d\d:\d\d warn {2}careful port=3000\n$/);
});

test('a level leaves out what is below it', () => {
  const { log, text } = collect(false, 'error');
  log.warn({}, 'careful');
  expect(text()).toBe('');
});

test.each([true, false])('secrets stay out (readable: %s)', (readable) => {
  const { log, text } = collect(readable);
  const secrets = { password: 'hunter2', code: 'hunter2', secret: 'hunter2', token: 'hunter2' };
  log.error({ ...secrets, body: secrets, cause: Object.assign(new Error('broken'), secrets) }, 'failed');
  expect(text()).not.toContain('hunter2');
  expect(text()).toContain('broken');
});
