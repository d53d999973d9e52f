// Guest code: Node's `stream/promises`.

import streams from './stream.ts';

export default streams.promises;
