// Attacks on the stack: recursion through everything that calls back. Each is an error of the script, never of the host.

import { type Attack, attacks, claim, gives, says, TIMEOUT_OR_MEMORY, threw } from '../attack.ts';

const OVERFLOW = threw(/Maximum call stack size exceeded/);

export const STACK: Attack[] = attacks('stack', [
  { id: 'recursion', about: 'plain recursion', body: 'const f = () => f(); f();', expect: OVERFLOW },
  {
    id: 'recursion-at-top-level',
    about: 'recursion while the module loads',
    source: 'const f = () => f(); f();',
    expect: { ends: ['exports'], message: /Maximum call stack/ },
  },
  {
    id: 'recursion-in-getter',
    about: 'a getter that reads itself',
    body: 'const o = { get a() { return this.a; } }; o.a;',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-proxy',
    about: 'a proxy that is its own prototype',
    body: 'const p = new Proxy({}, { get: (_, k) => p[k] }); p.x;',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-prototype-proxy',
    about: 'a prototype that is a proxy of its own heir',
    body: 'const o = {}; Object.setPrototypeOf(o, new Proxy({}, { get: (_, k) => o[k] })); o.x;',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-to-json',
    about: 'a toJSON that answers another',
    body: 'const make = () => ({ toJSON: () => ({ a: make() }) }); JSON.stringify(make());',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-replace',
    about: 'a replacer that replaces',
    body: 'const f = () => "a".replace(/a/, f); f();',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-sort',
    about: 'a comparator that sorts',
    body: 'const f = () => [2, 1].sort(f).length; f();',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-constructor',
    about: 'a constructor that makes its own kind',
    body: 'class A { constructor() { this.a = new A(); } } new A();',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-to-primitive',
    about: 'a value whose text is its own text',
    body: 'const o = { toString: () => o + "" }; o + "";',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-generator',
    about: 'generators that delegate to generators',
    body: 'function* g() { yield* g(); } g().next();',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-in-tag',
    about: 'a tagged template that tags itself',
    body: 'const t = () => t`x`; t`x`;',
    expect: OVERFLOW,
  },
  {
    id: 'recursion-by-eval',
    about: 'a program text that evaluates itself',
    body: 'const s = "(0, eval)(globalThis.s)"; globalThis.s = s; (0, eval)(s);',
    expect: OVERFLOW,
  },
  {
    id: 'overflow-inside-console',
    about: 'the stack ends inside the console',
    body: 'let n = 0; const f = () => { n++; try { f(); } catch {} console.log({ n: "x" }); }; f(); api.idToken.setCustomClaim("a", 1);',
    expect: { ends: ['ok', 'timeout', 'threw'], commands: [claim('a', 1)] },
  },
  {
    id: 'overflow-inside-api',
    about: 'the stack ends inside a method of api, at every depth',
    body: 'const f = (d) => { try { f(d + 1); } catch { try { api.access.deny(1); } catch {} } }; f(0); api.idToken.setCustomClaim("a", 1);',
    expect: gives(claim('a', 1)),
  },
  {
    id: 'overflow-inside-recording',
    about: 'the stack ends while a command is being recorded',
    body: 'let done = 0; const f = () => { try { f(); } catch (e) { if (done < 200) try { api.user.setUserMetadata("k", done + 1); done++; } catch {} throw e; } }; try { f(); } catch {}',
    expect: {
      ends: ['ok', 'limit', 'threw', 'refused'],
      commands: Array.from({ length: 200 }, (_, i) => ({ name: 'user.setUserMetadata', args: ['k', i + 1] })),
    },
  },
  {
    id: 'overflow-inside-timer',
    about: 'the stack ends while a timer is being set',
    body: 'let n = 0; const f = () => { try { f(); } catch { if (n++ < 50) try { setTimeout(() => {}, 1); } catch {} } }; f(); console.log("through");',
    expect: says('through'),
  },
  {
    id: 'overflow-with-constructor',
    about: 'the stack ends, and the error’s constructor makes code',
    body: 'const f = () => { try { f(); } catch (e) { e.constructor.constructor("return 1")(); } }; f(); console.log("through");',
    expect: says('through'),
  },
  {
    id: 'overflow-with-deep-regexp',
    about: 'a pattern so deep that its compiler needs the stack',
    body: 'new RegExp("(".repeat(1e5) + ")".repeat(1e5));',
    expect: threw(/^Invalid regular expression: |Maximum call stack/),
  },
  {
    id: 'overflow-with-deep-json',
    about: 'four million brackets',
    body: 'JSON.parse("[".repeat(2 ** 22));',
    expect: { ends: ['threw', 'memory', 'timeout'] },
  },
  {
    id: 'overflow-with-deep-source',
    about: 'program text nested a hundred thousand times',
    body: 'try { (0, eval)("(".repeat(1e5) + "1" + ")".repeat(1e5)); } catch (e) { console.log(e.name); }',
    expect: says('RangeError'),
  },
  {
    id: 'overflow-with-deep-template',
    about: 'template literals nested ten thousand times',
    body: 'try { (0, eval)("`$".concat("{").repeat(1e4) + "1" + "}`".repeat(1e4)); console.log("fine"); } catch (e) { console.log("fine"); }',
    expect: says('fine'),
  },
  {
    id: 'overflow-with-deep-claim',
    about: 'a claim a hundred thousand levels deep',
    body: 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; api.idToken.setCustomClaim("a", o);',
    expect: OVERFLOW,
  },
  {
    id: 'deep-claim-just-possible',
    about: 'the deepest claim that can be written down, for whoever reads it',
    body: 'const deep = (n) => { let o = 1; for (let i = 0; i < n; i++) o = [o]; return o; }; for (let n = 20_000; n > 10; n = Math.floor(n * 0.9)) { try { api.user.setUserMetadata("a", deep(n)); break; } catch {} }',
    // The search for the deepest takes time, and on a slow machine all there is.
    expect: { ends: ['refused', 'timeout'] },
  },
  {
    id: 'deep-claim-harmless',
    about: 'a claim fifty levels deep',
    body: 'let o = 1; for (let i = 0; i < 50; i++) o = [o]; api.idToken.setCustomClaim("a", o);',
    expect: gives(
      claim(
        'a',
        Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], 1),
      ),
    ),
  },
  {
    id: 'promise-tower',
    about: 'a tower of promises resolved with promises',
    body: 'let p = Promise.resolve(1); for (let i = 0; i < 1e5; i++) { const q = p; p = new Promise((r) => r(q)); } console.log(await p);',
    expect: { ends: ['ok', 'timeout', 'memory'], lines: ['1'] },
  },
  {
    id: 'deep-error-cause',
    about: 'a thrown error with a hundred thousand causes',
    body: 'let e = new Error("deepest"); for (let i = 0; i < 1e5; i++) e = new Error("over", { cause: e }); throw e;',
    expect: { ends: ['threw', 'timeout', 'memory'], message: /over|timed out|memory/ },
  },
  {
    id: 'deep-prototype-chain',
    about: 'a prototype chain of a million objects',
    body: 'let o = { y: 1 }; for (let i = 0; i < 1e6; i++) o = Object.create(o); for (;;) if (o.x === 1 || o.y === 2) break;',
    expect: TIMEOUT_OR_MEMORY,
  },
]);
