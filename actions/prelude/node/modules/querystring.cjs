// Guest code: what `require('querystring')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../querystring.ts').default;
