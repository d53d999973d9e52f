// Guest code: what `require('assert/strict')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../assert.ts').default.strict;
