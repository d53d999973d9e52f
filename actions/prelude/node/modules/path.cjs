// Guest code: what `require('path/posix')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../path.ts').default;
