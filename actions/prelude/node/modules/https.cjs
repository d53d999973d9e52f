// Guest code: what `require('https')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../https.ts').default;
