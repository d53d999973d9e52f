// Guest code: what `require('stream/web')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../stream-web.ts').default;
