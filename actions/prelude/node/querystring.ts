// Guest code: Node's `querystring`, by npm's `querystring-es3`, and the two functions it has not.

import querystring from 'querystring-es3/index.js';

export default {
  ...querystring,
  escape: (text: unknown) => encodeURIComponent(`${text}`),
  unescape(text: string): string {
    try {
      return decodeURIComponent(text);
    } catch {
      return globalThis.unescape(text);
    }
  },
};
