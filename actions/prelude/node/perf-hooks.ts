// Guest code: Node's `perf_hooks`, as far as the clock of a script goes.

import { performance } from '../web/performance.ts';

export default { performance, constants: {} };
