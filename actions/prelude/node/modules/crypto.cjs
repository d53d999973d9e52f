// Guest code: what `require('crypto')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../crypto.ts').default;
