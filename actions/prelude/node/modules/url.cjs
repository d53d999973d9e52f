// Guest code: what `require('url')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../url.ts').default;
