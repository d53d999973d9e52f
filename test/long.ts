// Tests: the whole suite at its full counts (`npm run test:long`): the same files as `npm test`, where each
// `count(sample, full)` takes the second figure. Arguments narrow it to some files, as they do for vitest.
import { startVitest } from 'vitest/node';

// Workers and the configuration both read it.
process.env.SALLYPORT_TEST_LONG = '1';

const run = await startVitest('test', process.argv.slice(2), { run: true });
await run.close();
// What a test may have left open must not keep the verdict waiting; `exitCode` was set by the failures.
process.exit();
