// Guest code: Node's `stream`, by npm's `readable-stream`. Required as in Node, the module is the old base class, which is
// also the name of everything else.

import streams from 'readable-stream/lib/stream.js';
import { giveName } from '../web/give-name.ts';

export const { Readable, Writable, Duplex, Transform, PassThrough, Stream } = streams;
for (const [name, value] of Object.entries({ Readable, Writable, Duplex, Transform, PassThrough, Stream })) {
  giveName(value, name);
}

export default streams;
