// Guest code: what `require('stream/promises')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../stream-promises.ts').default;
