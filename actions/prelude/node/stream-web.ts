// Guest code: Node's `stream/web`.

import * as streams from '../web/streams.ts';

export default { ...streams };
