// Guest code: Node's `string_decoder`, by npm's package of that name.

import { StringDecoder } from 'string_decoder/lib/string_decoder.js';
import { giveName } from '../web/give-name.ts';

giveName(StringDecoder, 'StringDecoder');

export default { StringDecoder };
