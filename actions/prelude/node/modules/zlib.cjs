// Guest code: what `require('zlib')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../zlib.ts').default;
