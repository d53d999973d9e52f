// Guest code: what `require('string_decoder')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../string-decoder.ts').default;
