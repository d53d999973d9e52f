// Guest code: what `require('util/types')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../util-module.ts').default.types;
