// From the stack a script shows to the frames its author may see: those in the author's file, with the author's lines.
// The text is untrusted, for a script may assign `stack`; so frames are taken out of it, nothing is passed through.

const MAX_FRAMES = 20;
const MAX_FUNCTION_NAME = 100;
const POSITION = /^(\d{1,7}):(\d{1,7})$/;

/** `(file.js:4:23)` or `file.js:4:23` at the end of a line → `4:23`. */
function positionIn(line: string, fileName: string): string | undefined {
  const bracketed = line.endsWith(')');
  const end = bracketed ? line.length - 1 : line.length;
  const at = line.lastIndexOf(`${fileName}:`, end);
  if (at < 0) return undefined;
  const before = line.slice(0, at);
  if (!(bracketed ? before.endsWith('(') : /^\s*at (?:async )?$/.test(before))) return undefined;
  const position = line.slice(at + fileName.length + 1, end);
  return POSITION.test(position) ? position : undefined;
}

function functionIn(line: string, fileName: string): string {
  const at = line.lastIndexOf(` (${fileName}:`);
  if (at < 0) return '';
  const name = line.slice(0, at).replace(/^\s*at /, '');
  return /^[\w$.<>[\] ]+$/.test(name) ? name.slice(0, MAX_FUNCTION_NAME) : '<unknown>';
}

/** Frames such as `at check (phone-or-push.js:4:23)`, innermost first; empty when none is in the author's file. */
export function authorFrames(stack: string, fileName: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split('\n')) {
    if (!/^\s+at /.test(line)) continue;
    const position = positionIn(line, fileName);
    if (position === undefined) continue;
    const name = functionIn(line, fileName);
    frames.push(name === '' ? `at ${fileName}:${position}` : `at ${name} (${fileName}:${position})`);
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}
