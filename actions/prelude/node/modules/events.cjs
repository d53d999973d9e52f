// Guest code: what `require('events')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../events.ts').default;
