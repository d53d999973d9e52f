// Guest code: what `require('constants')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../constants.ts').default;
