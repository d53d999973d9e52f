// Guest code: what `require('stream')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../stream.ts').default;
