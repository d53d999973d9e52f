// Guest code: what `require('tty')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../tty.ts').default;
