// Guest code: what `require('perf_hooks')` finds, as Node has it: the module itself, no namespace around it.

module.exports = require('../perf-hooks.ts').default;
