// Guest code: what `require('timers/promises')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../timers.ts').default.promises;
