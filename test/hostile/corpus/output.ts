// Attacks by what a run leaves behind: floods of commands, claims and lines, and values that are larger than they look.

import { type Attack, attacks, claim, type Expectation, gives, LIMIT } from '../attack.ts';

/** The host takes it or not; nobody else notices. */
const TAKEN_OR_NOT: Expectation = {
  ends: ['ok', 'refused', 'threw', 'limit', 'memory', 'timeout'],
  commands: 'its own',
};

export const OUTPUT: Attack[] = attacks('output', [
  {
    id: 'claim-of-megabytes',
    about: 'a claim of sixty megabytes',
    body: 'api.idToken.setCustomClaim("a", "x".repeat(2 ** 26));',
    expect: { ends: ['threw', 'memory', 'timeout'] },
  },
  {
    id: 'claim-just-too-large',
    about: 'a claim one byte over its limit',
    body: 'api.idToken.setCustomClaim("a", "x".repeat(100 * 1024 - 7));',
    expect: { ends: ['threw'], message: /100 KB/ },
  },
  {
    id: 'claims-that-add-up',
    about: 'two hundred claims of ten kilobytes each',
    body: 'for (let i = 0; i < 200; i++) api.accessToken.setCustomClaim("k" + i, "x".repeat(10_000));',
    expect: { ends: ['limit', 'refused', 'threw'] },
  },
  {
    id: 'claims-that-add-up-caught',
    about: 'the same claims, with every refusal swallowed',
    body: 'for (let i = 0; i < 250; i++) try { api.accessToken.setCustomClaim("k" + i, "x".repeat(10_000)); } catch {}',
    expect: { ends: ['limit', 'refused'] },
  },
  {
    id: 'claim-of-escapes',
    about: 'a claim that grows sixfold as JSON',
    body: 'api.idToken.setCustomClaim("a", "\\u0001".repeat(16_000)); api.accessToken.setCustomClaim("b", "\\ud800".repeat(16_000));',
    expect: TAKEN_OR_NOT,
  },
  {
    id: 'claim-of-wide-letters',
    about: 'a claim of letters that take four bytes each',
    body: 'api.idToken.setCustomClaim("a", "😀".repeat(30_000));',
    expect: { ends: ['threw'], message: /100 KB/ },
  },
  {
    id: 'claim-with-long-name',
    about: 'a claim whose name is fifty kilobytes',
    body: 'api.idToken.setCustomClaim("n".repeat(50_000), 1);',
    expect: { ends: ['refused', 'threw'] },
  },
  {
    id: 'claim-of-nothing',
    about: 'values that JSON does not know',
    body: 'for (const v of [undefined, () => 1, Symbol("x"), NaN, -0, Infinity]) api.idToken.setCustomClaim("a", v);',
    expect: {
      ends: ['ok', 'refused', 'threw'],
      commands: [
        { name: 'idToken.setCustomClaim', args: ['a', null] },
        { name: 'idToken.setCustomClaim', args: ['a', null] },
        claim('a', null),
        claim('a', 0),
        claim('a', null),
      ],
    },
  },
  {
    id: 'claim-with-cycle',
    about: 'a claim that holds itself',
    body: 'const o = {}; o.o = o; api.idToken.setCustomClaim("a", o);',
    expect: { ends: ['threw'], message: /circular/ },
  },
  {
    id: 'claim-of-proxy',
    about: 'a claim that has another key each time it is asked',
    body: 'let n = 0; api.idToken.setCustomClaim("a", new Proxy({}, { ownKeys: () => ["k" + n++], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }), get: () => 1 }));',
    expect: { ends: ['ok', 'threw'], commands: [claim('a', { k0: 1 })] },
  },
  {
    id: 'claim-that-grows',
    about: 'a claim that is small when it is checked and large when it is recorded',
    body: 'let n = 0; api.idToken.setCustomClaim("a", { toJSON: () => (n++ ? "x".repeat(500_000) : 1) });',
    expect: TAKEN_OR_NOT,
  },
  {
    id: 'claim-with-raw-json',
    about: 'raw JSON that would break out of its place',
    body: 'try { api.idToken.setCustomClaim("a", JSON.rawJSON("1],\\"name\\":\\"access.deny\\"")); } catch {} api.idToken.setCustomClaim("b", JSON.rawJSON ? JSON.rawJSON("1e999") : 1);',
    expect: { ends: ['ok', 'refused', 'threw', 'crash'], commands: [claim('b', Number.POSITIVE_INFINITY)] },
  },
  {
    id: 'claim-named-scope-otherwise',
    about: 'a protected claim by another spelling',
    body: 'for (const k of ["scope", "sc\\u006fpe"]) try { api.accessToken.setCustomClaim(k, "admin"); } catch {}',
    expect: gives(),
  },
  {
    id: 'metadata-that-adds-up',
    about: 'metadata over its limit in small pieces',
    body: 'for (let i = 0; i < 20; i++) api.user.setUserMetadata("k" + i, "x".repeat(3000));',
    expect: { ends: ['refused', 'threw'] },
  },
  {
    id: 'metadata-by-to-json',
    about: 'metadata that is small only the first time it is asked',
    body: 'let n = 0; api.user.setAppMetadata("a", { toJSON: () => (n++ ? "x".repeat(100_000) : 1) });',
    expect: { ends: ['ok'], commands: [{ name: 'user.setAppMetadata', args: ['a', 1] }] },
  },
  {
    id: 'factors-by-the-thousand',
    about: 'a list of ten thousand factors',
    body: 'api.authentication.challengeWithAny(Array.from({ length: 1e4 }, () => ({ type: "otp" })));',
    expect: { ends: ['refused', 'threw'] },
  },
  {
    id: 'factor-of-kilobytes',
    about: 'a factor whose type and options are kilobytes long',
    body: 'api.authentication.challengeWith({ type: "otp".repeat(1000), options: { a: "x".repeat(1e5) } }, { additionalFactors: [{ type: "x".repeat(1e5) }] });',
    expect: { ends: ['refused', 'threw'] },
  },
  {
    id: 'reason-of-a-megabyte',
    about: 'a reason of nearly a megabyte',
    body: 'api.access.deny("x".repeat(1e6));',
    expect: TAKEN_OR_NOT,
  },
  {
    id: 'commands-by-the-million',
    about: 'a million commands',
    body: 'for (let i = 0; i < 1e6; i++) api.idToken.setCustomClaim("k" + i, i);',
    expect: LIMIT,
  },
  {
    id: 'commands-by-the-million-caught',
    about: 'a million commands, with every refusal swallowed',
    body: 'for (let i = 0; i < 1e6; i++) try { api.idToken.setCustomClaim("k", i); } catch {}',
    expect: { ends: ['limit', 'timeout'] },
  },
  {
    id: 'commands-after-limit',
    about: 'a last command after the limit was met',
    body: 'for (let i = 0; i < 300; i++) try { api.access.deny("x"); } catch {} try { api.idToken.setCustomClaim("admin", true); } catch {}',
    expect: LIMIT,
  },
  {
    id: 'lines-by-the-million',
    about: 'a million lines on the console',
    body: 'for (let i = 0; i < 1e6; i++) console.log("line", i);',
    expect: { ends: ['ok', 'timeout'] },
  },
  {
    id: 'line-of-megabytes',
    about: 'one line of ten megabytes, at every level',
    body: 'const s = "x".repeat(1e7); for (const l of ["log", "info", "warn", "error", "debug", "trace"]) console[l](s, s);',
    expect: { ends: ['ok', 'memory', 'timeout'] },
  },
  {
    id: 'line-of-escapes',
    about: 'lines that grow sixfold as JSON',
    body: 'for (let i = 0; i < 200; i++) console.log("\\u0000\\u001b[2J\\ud800".repeat(200));',
    expect: { ends: ['ok'] },
  },
  {
    id: 'line-of-hostile-values',
    about: 'values that throw, loop through themselves or have no text',
    body: 'const c = {}; c.c = c; console.log(c, Object.create(null), Symbol("x"), 1n, new Proxy({}, { get() { throw 1; } }), new Proxy(new Error("e"), { get() { throw 2; } }), { toString: null }, () => {}, [[[]]], new Date(NaN), { toJSON() { throw 3; } });',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'line-of-a-thousand-arguments',
    about: 'a line of a hundred thousand arguments',
    body: 'console.log(...new Array(1e5).fill("x"));',
    expect: { ends: ['ok', 'threw', 'timeout', 'memory'] },
  },
  {
    id: 'line-that-writes-lines',
    about: 'a value that writes to the console when it becomes text',
    body: 'let n = 0; const o = { toJSON() { if (n++ < 1000) console.log(o); return "x"; } }; console.log(o);',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'fault-as-large-as-it-gets',
    about: 'an error with a long name, message and stack at once',
    body: 'const e = new Error("m".repeat(1e6)); e.name = "n".repeat(1e6); e.stack = "at a (action.js:1:1)\\n".repeat(1e5); throw e;',
    expect: { ends: ['threw'] },
  },
  {
    id: 'everything-at-once',
    about: 'as many commands, lines and late calls as there may be',
    body: 'for (let i = 0; i < 256; i++) { api.accessToken.setCustomClaim("k" + i, "\\u0001".repeat(100)); console.log("\\u0002".repeat(240)); } Promise.resolve().then(() => {}).then(() => {}).then(() => { for (let i = 0; i < 1000; i++) api.access.deny("late"); });',
    expect: TAKEN_OR_NOT,
  },
]);
