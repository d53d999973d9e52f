// Guest code: what `require('buffer')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../buffer-module.ts').default;
