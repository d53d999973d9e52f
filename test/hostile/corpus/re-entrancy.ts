// Attacks by calling back: a script that enters its own handler, the sandbox's functions or itself while they are at work.

import { type Attack, attacks, claim, gives, STALLED, says, TIMEOUT_OR_MEMORY } from '../attack.ts';

export const RE_ENTRANCY: Attack[] = attacks('re-entrancy', [
  {
    id: 'own-handler',
    about: 'a handler that awaits itself once',
    source:
      'let n = 0; exports.onExecutePostLogin = async (event, api) => { if (n++ === 0) await exports.onExecutePostLogin(event, api); api.idToken.setCustomClaim("n", n); };',
    expect: gives(claim('n', 2), claim('n', 2)),
  },
  {
    id: 'own-handler-without-end',
    about: 'a handler that awaits itself without end',
    source: 'exports.onExecutePostLogin = async (e, a) => { await 0; await exports.onExecutePostLogin(e, a); };',
    expect: TIMEOUT_OR_MEMORY,
  },
  {
    id: 'own-handler-by-timer',
    about: 'a handler that starts itself again from a timer',
    source:
      'let n = 0; exports.onExecutePostLogin = async (e, a) => { if (n++ < 3) setTimeout(() => exports.onExecutePostLogin(e, a), 1); await new Promise((r) => setTimeout(r, 10)); a.idToken.setCustomClaim("n", n); };',
    expect: gives(claim('n', 4)),
  },
  {
    id: 'command-in-to-json',
    about: 'a command given while another is turned into JSON',
    body: 'api.idToken.setCustomClaim("outer", { toJSON() { api.idToken.setCustomClaim("inner", 1); return 2; } });',
    expect: { ends: ['ok'], commands: [claim('inner', 1), claim('outer', 2)] },
  },
  {
    id: 'command-in-getter',
    about: 'a refused command inside a getter of another',
    body: 'api.authentication.challengeWith({ get type() { try { api.access.deny(1); } catch {} return "otp"; } });',
    expect: { ends: ['ok'], commands: [{ name: 'authentication.challengeWith', args: [{ type: 'otp' }] }] },
  },
  {
    id: 'command-without-end',
    about: 'a command whose JSON gives the same command',
    body: 'const o = { toJSON() { api.idToken.setCustomClaim("a", o); return 1; } }; api.idToken.setCustomClaim("a", o);',
    expect: { ends: ['threw', 'limit'] },
  },
  {
    id: 'console-in-console',
    about: 'a line written while another becomes text',
    body: 'console.log({ toJSON() { console.log("inner"); return "x"; } });',
    expect: says('inner', '"x"'),
  },
  {
    id: 'timer-in-timer',
    about: 'a timer that clears itself and all others while it fires',
    body: 'const ids = []; let fired = 0; for (let i = 0; i < 50; i++) ids.push(setTimeout(() => { fired++; for (const id of ids) clearTimeout(id); }, 1)); await new Promise((r) => setTimeout(r, 20)); console.log(fired);',
    expect: says('1'),
  },
  {
    id: 'timer-in-delay',
    about: 'a timer set while the delay of another becomes a number',
    body: 'let n = 0; const f = () => { n++; }; setTimeout(f, { valueOf() { setTimeout(f, 1); return 2; } }); await new Promise((r) => setTimeout(r, 10)); console.log(n);',
    expect: says('2'),
  },
  {
    id: 'clear-with-hostile-id',
    about: 'clearing timers that are proxies, getters or numbers of others',
    body: 'for (const id of [new Proxy({}, { get() { throw 1; }, has() { throw 1; } }), { valueOf() { throw 1; } }, -1, NaN, 2 ** 53, "x", null, undefined, Symbol("x")]) try { clearTimeout(id); clearInterval(id); } catch {} console.log("through");',
    expect: says('through'),
  },
  {
    id: 'stack-trace-that-logs',
    about: 'prepareStackTrace writes lines, each of which makes a stack trace',
    body: 'let n = 0; Error.prepareStackTrace = () => { if (n++ < 500) console.log("x"); return "s"; }; console.log("start"); new Error("x").stack;',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'stack-trace-that-commands',
    about: 'prepareStackTrace gives a command when an error of a check is made',
    body: 'Error.prepareStackTrace = () => { api.idToken.setCustomClaim("a", 1); return "s"; }; try { api.access.deny(1); } catch (e) { e.stack; }',
    expect: { ends: ['ok'], commands: [claim('a', 1)] },
  },
  {
    id: 'fault-that-commands',
    about: 'a thrown error that gives commands while it is being read',
    body: 'const e = new Error("x"); Object.defineProperty(e, "message", { get() { api.access.deny("from a getter"); return "read"; } }); throw e;',
    expect: { ends: ['threw'], message: /^read$/ },
  },
  {
    id: 'thenable-that-enters',
    about: 'a thenable that calls the handler again before it settles',
    source:
      'let n = 0; exports.onExecutePostLogin = async (e, a) => ({ then(yes) { if (n++ < 5) exports.onExecutePostLogin(e, a).then(yes); else { a.idToken.setCustomClaim("n", n); yes(); } } });',
    expect: gives(claim('n', 6)),
  },
  {
    id: 'getter-of-exports-enters',
    about: 'a handler that is fetched by a getter which runs the handler',
    source:
      'let n = 0; const f = async () => { n++; }; Object.defineProperty(exports, "onExecutePostLogin", { get() { f(); return f; } });',
    expect: { ends: ['ok', 'exports'] },
  },
  {
    id: 'waits-for-own-end',
    about: 'a handler that waits for the promise it returned',
    source:
      'let p; const f = async () => { await 0; return p; }; exports.onExecutePostLogin = async () => { p = f(); return p; };',
    expect: { ends: ['threw', 'stalled'] },
  },
  {
    id: 'waits-for-itself-by-getter',
    about: 'an async function that awaits what only its own end could give',
    body: 'let done; const p = new Promise((r) => { done = r; }); const wait = async () => { await p; done(); }; await wait();',
    expect: STALLED,
  },
]);
