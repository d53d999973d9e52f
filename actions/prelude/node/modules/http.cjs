// Guest code: what `require('http')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../http.ts').default;
