// Guest code: what `require('process')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../process.ts').process;
