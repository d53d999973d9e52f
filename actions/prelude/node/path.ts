// Guest code: Node's `path`, as it is where scripts run: POSIX.

import posix from 'path-browserify/index.js';
import { notAvailable } from './errors.ts';

const path: Record<string, unknown> = {
  ...posix,
  toNamespacedPath: (name: unknown) => name,
  matchesGlob() {
    throw notAvailable('path.matchesGlob', 'scripts have no file system');
  },
};
path.posix = path;
path.win32 = new Proxy(
  {},
  {
    get() {
      throw notAvailable('path.win32', 'scripts run where paths are those of POSIX');
    },
  },
);

export default path;
