// Attacks on the network behind the server: every spelling of an address that only the server itself can reach. A canary
// listens on loopback at `event.secrets.CANARY`: whoever reaches it has escaped. At `event.secrets.OPEN` listens a server
// that the operator allows, which redirects wherever it is told.
// Longer than 300 lines because it is one table.

import { type Attack, attacks, type Expectation } from '../attack.ts';

const CALL = `const port = event.secrets.CANARY; const open = event.secrets.OPEN;
const get = async (url, more = {}) => { try { if (typeof sallyportHost === "undefined") throw new Error("no host"); const { answer } = sallyportHost.call("fetch", JSON.stringify({ url, method: "GET", headers: [], redirect: "follow", ...more })); const { status } = JSON.parse(await answer); return "ESCAPED with " + status + " from " + url; } catch (e) { return "refused"; } };
const all = async (urls, more) => { for (const url of urls) console.log(await get(url, more)); };
const via = (url) => "http://127.0.0.1:" + open + "/redirect?to=" + encodeURIComponent(url);`.replaceAll('\n', ' ');

const refused = (times: number): Expectation => ({
  ends: ['ok'],
  lines: Array.from({ length: times }, () => 'refused'),
});

const reaches = (id: string, about: string, urls: string[], more = '{}') => ({
  id,
  about,
  body: `${CALL}\nawait all([${urls.map((url) => `\`${url}\``).join(', ')}], ${more});`,
  expect: refused(urls.length),
});

const tries = (id: string, about: string, code: string, expect: Expectation) => ({
  id,
  about,
  body: `${CALL}\n${code}`,
  expect,
});

/** Where the script puts the canary's port. */
const P = '$' + '{port}';

export const EGRESS: Attack[] = attacks('egress', [
  tries(
    'allowed',
    'the server that is allowed: shows that the attacks below reach what they attack',
    'console.log((await get("http://127.0.0.1:" + open + "/")).replace(/^ESCAPED (.*) from.*/, "got $1"));',
    { ends: ['ok'], lines: ['got with 200'] },
  ),
  reaches('loopback', 'loopback by its address and its names', [
    `http://127.0.0.1:${P}/`,
    `http://localhost:${P}/`,
    `http://LOCALHOST.:${P}/`,
    `http://ip6-localhost:${P}/`,
    `http://x.localhost:${P}/`,
  ]),
  reaches('loopback-whole-range', 'loopback by its other sixteen million addresses', [
    `http://127.0.0.2:${P}/`,
    `http://127.255.255.254:${P}/`,
    `http://127.1:${P}/`,
    `http://127.0.1:${P}/`,
  ]),
  reaches('loopback-decimal', 'loopback as one number', [`http://2130706433:${P}/`, `http://02130706433:${P}/`]),
  reaches('loopback-octal', 'loopback in octal', [
    `http://0177.0.0.1:${P}/`,
    `http://017700000001:${P}/`,
    `http://0177.0000.0000.0001:${P}/`,
  ]),
  reaches('loopback-hexadecimal', 'loopback in hexadecimal', [
    `http://0x7f.0.0.1:${P}/`,
    `http://0x7f000001:${P}/`,
    `http://0x7f.1:${P}/`,
  ]),
  reaches('loopback-version-six', 'loopback in IPv6 and its long forms', [
    `http://[::1]:${P}/`,
    `http://[0:0:0:0:0:0:0:1]:${P}/`,
    `http://[0000:0000:0000:0000:0000:0000:0000:0001]:${P}/`,
  ]),
  reaches('loopback-mapped', 'loopback mapped into IPv6', [
    `http://[::ffff:127.0.0.1]:${P}/`,
    `http://[::ffff:7f00:1]:${P}/`,
    `http://[0:0:0:0:0:ffff:7f00:0001]:${P}/`,
  ]),
  reaches('loopback-compatible', 'loopback in the old compatible and translated forms', [
    `http://[::127.0.0.1]:${P}/`,
    `http://[::7f00:1]:${P}/`,
    `http://[64:ff9b::7f00:1]:${P}/`,
    `http://[64:ff9b:1::7f00:1]:${P}/`,
    `http://[2002:7f00:1::]:${P}/`,
    `http://[2001:0:7f00:1::80ff:fffe]:${P}/`,
  ]),
  reaches('unspecified', 'the address of nobody, which is this machine', [
    `http://0.0.0.0:${P}/`,
    `http://0:${P}/`,
    `http://[::]:${P}/`,
    `http://[::ffff:0:0]:${P}/`,
  ]),
  reaches('metadata', 'the metadata services of clouds', [
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://169.254.170.2/v2/credentials',
    'http://100.100.100.200/',
    'http://metadata.google.internal/',
  ]),
  reaches('metadata-spelled', 'the metadata service in other spellings', [
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://169.254.43518/',
  ]),
  reaches(
    'metadata-with-header',
    'the metadata service with the header it asks for',
    ['http://169.254.169.254/computeMetadata/v1/', 'http://169.254.169.254/latest/api/token'],
    '{ method: "PUT", headers: [["Metadata-Flavor", "Google"], ["X-aws-ec2-metadata-token-ttl-seconds", "60"]] }',
  ),
  reaches(
    'private-ranges',
    'private networks and carriers’',
    [
      'http://10.0.0.1/',
      'http://172.16.0.1/',
      'http://172.31.255.254/',
      'http://192.168.1.1/',
      'http://100.64.0.1/',
      'http://198.18.0.1/',
      'http://192.0.0.1/',
    ],
    '{ timeoutMs: 300 }',
  ),
  reaches(
    'private-version-six',
    'private networks in IPv6',
    [
      'http://[fc00::1]/',
      'http://[fd12:3456::1]/',
      'http://[fe80::1]/',
      'http://[fec0::1]/',
      'http://[ff02::1]/',
      'http://[2001:db8::1]/',
      'http://[100::1]/',
    ],
    '{ timeoutMs: 300 }',
  ),
  reaches(
    'multicast-and-reserved',
    'addresses of groups and of nobody',
    [
      'http://224.0.0.1/',
      'http://239.255.255.250:1900/',
      'http://240.0.0.1/',
      'http://255.255.255.255/',
      'http://192.0.2.1/',
      'http://203.0.113.1/',
    ],
    '{ timeoutMs: 300 }',
  ),
  reaches('zone-identifiers', 'addresses with a zone', [
    `http://[fe80::1%25lo]:${P}/`,
    `http://[::1%25lo]:${P}/`,
    `http://[::1%lo]:${P}/`,
  ]),
  reaches('unicode-hosts', 'loopback in letters and dots that only look like these', [
    `http://①②⑦.⓪.⓪.①:${P}/`,
    `http://127。0。0。1:${P}/`,
    `http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:${P}/`,
    `http://１２７.０.０.１:${P}/`,
    `http://127.0.0.1%E3%80%82:${P}/`,
  ]),
  reaches('hosts-with-escapes', 'hosts in percent-encoding, with tabs, line ends and backslashes', [
    `http://%31%32%37.0.0.1:${P}/`,
    `http://127.0.0.1%00.example.com:${P}/`,
    `http://127.\\t0.0.1:${P}/`,
    `http:\\\\\\\\127.0.0.1:${P}/`,
    `http:/127.0.0.1:${P}/`,
    `http:127.0.0.1:${P}`,
  ]),
  reaches('credentials-before-host', 'hosts that hide behind credentials', [
    `http://example.com@127.0.0.1:${P}/`,
    `http://example.com:80@127.0.0.1:${P}/`,
    `http://127.0.0.1:${P}@127.0.0.1:${P}/`,
    `http://example.com\\@127.0.0.1:${P}/`,
    `http://user:pass@localhost:${P}/`,
  ]),
  reaches('fragments-and-queries', 'hosts that hide behind what follows them', [
    `http://127.0.0.1:${P}#@example.com/`,
    `http://127.0.0.1:${P}?@example.com/`,
    `http://127.0.0.1:${P}/\\@example.com`,
    `http://127.0.0.1:${P};example.com/`,
  ]),
  reaches('other-schemes', 'addresses that are no web addresses', [
    'file:///etc/passwd',
    'file://localhost/etc/hostname',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1/_x',
    'data:text/plain,x',
    'blob:x',
    'javascript:1',
    'unix:/var/run/docker.sock',
    'http+unix://%2Fvar%2Frun%2Fdocker.sock/',
    'ws://127.0.0.1/',
    'node:fs',
    'about:blank',
  ]),
  reaches('no-address', 'texts that are no addresses', [
    '',
    ' ',
    '//',
    'http://',
    'http:///',
    'http://:80/',
    'http://127.0.0.1:99999/',
    'http://[::1/',
    '/etc/passwd',
    'http://.',
    'http://..',
  ]),
  reaches('odd-ports', 'services that understand a request by accident', [
    'http://127.0.0.1:22/',
    'http://127.0.0.1:25/',
    'http://127.0.0.1:6379/',
    'http://127.0.0.1:11211/',
    'http://127.0.0.1:5432/',
    'http://127.0.0.1:2375/containers/json',
    'http://127.0.0.1:0/',
  ]),
  reaches(
    'wildcard-names',
    'public names that stand for loopback',
    [
      `http://127.0.0.1.nip.io:${P}/`,
      `http://localtest.me:${P}/`,
      `http://lvh.me:${P}/`,
      `http://169-254-169-254.sslip.io/`,
    ],
    '{ timeoutMs: 1500 }',
  ),
  reaches(
    'host-header',
    'the host of another in a header',
    [`http://127.0.0.1:${P}/`],
    '{ headers: [["Host", "example.com"], ["X-Forwarded-Host", "example.com"], ["Connection", "upgrade"], ["Upgrade", "websocket"]] }',
  ),
  tries(
    'redirect-to-loopback',
    'a redirect from an allowed server to loopback',
    'await all([via("http://127.0.0.1:" + port + "/"), via("http://localhost:" + port + "/"), via("http://[::1]:" + port + "/"), via("//127.0.0.1:" + port + "/")]);',
    refused(4),
  ),
  tries(
    'redirect-to-metadata',
    'a redirect to the metadata service and to a file',
    'await all([via("http://169.254.169.254/"), via("file:///etc/passwd"), via("http://2852039166/"), via("data:text/plain,x")]);',
    refused(4),
  ),
  tries(
    'redirect-twice',
    'a redirect to a redirect to loopback',
    'await all([via(via("http://0x7f.1:" + port + "/")), via(via(via("http://127.0.0.1:" + port + "/")))]);',
    refused(2),
  ),
  tries(
    'redirect-with-method',
    'redirects that keep method and body',
    'await all([via("http://127.0.0.1:" + port + "/") + "&status=307", via("http://127.0.0.1:" + port + "/") + "&status=308"], { method: "POST", body: { text: "x" } });',
    refused(2),
  ),
  tries(
    'redirect-without-end',
    'a server that redirects to itself',
    'await all(["http://127.0.0.1:" + open + "/again"]);',
    refused(1),
  ),
  tries(
    'redirect-with-odd-location',
    'redirects whose targets are no addresses',
    'await all([via("http://127.0.0.1:" + port + "\\\\@127.0.0.1:" + open + "/"), via("http://[::ffff:7f00:1]:" + port), via("http://127.0.0.1:" + port + "/#" + "a".repeat(5000))]);',
    refused(3),
  ),
  tries(
    'answer-without-end',
    'an allowed server whose answer never ends',
    'await all(["http://127.0.0.1:" + open + "/endless"]);',
    { ends: ['ok', 'memory', 'limit', 'timeout'], lines: ['refused'] },
  ),
  tries(
    'answer-that-is-a-bomb',
    'an answer of two hundred kilobytes that opens to two hundred megabytes',
    'await all(["http://127.0.0.1:" + open + "/bomb"]);',
    { ends: ['ok', 'memory', 'limit'], lines: ['refused'] },
  ),
  {
    ...tries(
      'answer-that-never-comes',
      'an allowed server that says nothing',
      'await all(["http://127.0.0.1:" + open + "/silent"]);',
      { ends: ['ok', 'timeout'], lines: ['refused'] },
    ),
    wallMs: 1200,
  },
  tries(
    'answer-with-odd-head',
    'an allowed server whose answer is no HTTP',
    'await all(["http://127.0.0.1:" + open + "/nonsense", "http://127.0.0.1:" + open + "/headers"]);',
    refused(2),
  ),
  tries(
    'answers-that-add-up',
    'two hundred answers of three megabytes each',
    'let got = 0; for (let i = 0; i < 200; i++) { try { const { answer } = sallyportHost.call("fetch", JSON.stringify({ url: "http://127.0.0.1:" + open + "/megabytes?" + i, method: "GET", headers: [], redirect: "follow" })); got += (await answer).length; } catch { break; } } console.log("done");',
    { ends: ['ok', 'memory', 'limit', 'timeout'], lines: ['done'] },
  ),
  tries(
    'answers-at-once',
    'a hundred answers of three megabytes at once, none of them read',
    'for (let i = 0; i < 100; i++) try { sallyportHost.call("fetch", JSON.stringify({ url: "http://127.0.0.1:" + open + "/megabytes?" + i, method: "GET", headers: [], redirect: "follow" })).answer.catch(() => {}); } catch {} await new Promise((r) => setTimeout(r, 500));',
    { ends: ['ok', 'memory', 'limit', 'timeout'] },
  ),
  tries(
    'changing-name',
    'a name that stands for a public address first and for loopback then',
    'await all(Array.from({ length: 4 }, () => "http://rebind.invalid:" + port + "/"));',
    refused(4),
  ),
  tries(
    'many-at-once',
    'loopback asked a hundred times at once',
    'const a = await Promise.all(Array.from({ length: 100 }, (_, i) => get("http://127.0.0." + (i + 1) + ":" + port + "/"))); console.log([...new Set(a)].join());',
    { ends: ['ok', 'limit'], lines: ['refused'] },
  ),
  tries(
    'allowed-is-one-port',
    'the allowed server’s machine at other ports',
    'await all(["http://127.0.0.1:" + port + "/", "http://127.0.0.1:" + (Number(open) + 1) + "/"]);',
    refused(2),
  ),
]);
