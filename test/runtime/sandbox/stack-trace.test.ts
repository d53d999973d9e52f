// Frames of the author's file are taken out of a text that the script may have written itself.

import { expect, test } from 'vitest';
import { authorFrames } from '#runtime/sandbox/stack-trace.ts';

test.each([
  ['Error: x\n    at f (a.js:4:23)\n    at a.js:7:1', ['at f (a.js:4:23)', 'at a.js:7:1']],
  ['    at async exports.onExecutePostLogin (a.js:1:2)', ['at async exports.onExecutePostLogin (a.js:1:2)']],
  ['    at new Thing (a.js:1:2)', ['at new Thing (a.js:1:2)']],
  ['    at sallyport:prelude:1:40\n    at (<isolated-vm boundary>)\n    at [stdin]:10:19', []],
  ['    at f (/srv/app/runtime/a.js:1:2)\n    at b.a.js:1:2', []],
  ['    at eval (eval at f (a.js:1:2), <anonymous>:1:1)', []],
  ['    at <script>alert(1)</script> (a.js:1:2)', ['at <unknown> (a.js:1:2)']],
  ['at f (a.js:1:2)\na.js:1:2', []],
  [
    Array.from({ length: 50 }, () => '    at f (a.js:1:2)').join('\n'),
    Array.from({ length: 20 }, () => 'at f (a.js:1:2)'),
  ],
])('%j → %j', (stack, frames) => {
  expect(authorFrames(stack, { versionId: 'v', fileName: 'a.js', source: '' })).toEqual(frames);
});
