// The whole hostile corpus: one table, in files by class. Anyone may add a row; `npm run hostile` runs them.

import type { Attack } from '../attack.ts';
import { CPU } from './cpu.ts';
import { EGRESS } from './egress.ts';
import { ESCAPES } from './escapes.ts';
import { HOST_CALLS } from './host-calls.ts';
import { LATE_CALLS } from './late-calls.ts';
import { BUFFER_BOMBS, MEMORY_BOMBS } from './memory.ts';
import { OUTPUT } from './output.ts';
import { RE_ENTRANCY } from './re-entrancy.ts';
import { SHIM_CALLS } from './shims.ts';
import { STACK } from './stack.ts';
import { STALLS } from './stalls.ts';
import { TAMPERING } from './tampering.ts';
import { THROWS } from './throws.ts';

export const CORPUS: readonly Attack[] = [
  ...CPU,
  ...STALLS,
  ...MEMORY_BOMBS,
  ...BUFFER_BOMBS,
  ...STACK,
  ...THROWS,
  ...TAMPERING,
  ...ESCAPES,
  ...HOST_CALLS,
  ...SHIM_CALLS,
  ...OUTPUT,
  ...LATE_CALLS,
  ...RE_ENTRANCY,
  ...EGRESS,
];
