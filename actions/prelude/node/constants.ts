// Guest code: Node's `constants`, the old place of the numbers of other modules.

import { constants as ofCrypto } from './crypto/names.ts';
import { constants as ofZlib } from './zlib/constants.ts';

export default { ...ofCrypto, ...ofZlib };
