// Guest code: what `require('diagnostics_channel')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../diagnostics-channel.ts').default;
