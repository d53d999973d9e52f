// Guest code: what `require('os')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../os.ts').default;
