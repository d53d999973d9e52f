// The operator's list, row by row: what an entry opens, what it leaves shut, and what is no entry.
import { describe, expect, test } from 'vitest';
import { readAllowEntry } from '#runtime/egress/allow.ts';
import { judge } from '#runtime/egress/guard.ts';

describe('an entry of the allow list', () => {
  test.each<[entry: string, host: string, port: number, address: string, open: boolean]>([
    ['crm.internal', 'crm.internal', 443, '10.0.0.5', true],
    ['crm.internal', 'crm.internal', 25, '10.0.0.5', true],
    ['CRM.Internal', 'crm.internal', 443, '10.0.0.5', true],
    ['crm.internal', 'crm.internal.', 443, '10.0.0.5', true],
    ['crm.internal.', 'crm.internal', 443, '10.0.0.5', true],
    ['crm.internal', 'x.crm.internal', 443, '10.0.0.5', false],
    ['crm.internal', 'crm.internal.evil.example', 443, '10.0.0.5', false],
    ['crm.internal', 'notcrm.internal', 443, '10.0.0.5', false],
    ['crm.internal:8443', 'crm.internal', 8443, '10.0.0.5', true],
    ['crm.internal:8443', 'crm.internal', 443, '10.0.0.5', false],
    ['münchen.example', 'xn--mnchen-3ya.example', 443, '10.0.0.5', true],
    ['10.0.0.5', 'anything.example', 443, '10.0.0.5', true],
    ['10.0.0.5', 'anything.example', 443, '10.0.0.6', false],
    ['10.0.0.5:8080', '10.0.0.5', 8080, '10.0.0.5', true],
    ['10.0.0.5:8080', '10.0.0.5', 80, '10.0.0.5', false],
    ['0x7f.1', '127.0.0.1', 80, '127.0.0.1', true],
    ['10.0.0.0/8', 'anything.example', 443, '10.255.0.1', true],
    ['10.0.0.0/8', 'anything.example', 443, '172.16.0.1', false],
    ['10.9.8.7/8', 'anything.example', 443, '10.1.1.1', true],
    ['10.0.0.0/8', 'anything.example', 443, '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', 'anything.example', 443, '10.0.0.1', true],
    ['0.0.0.0/0', 'anything.example', 443, '127.0.0.1', true],
    ['0.0.0.0/0', 'anything.example', 443, '::1', false],
    ['::/0', 'anything.example', 443, '127.0.0.1', false],
    ['::/0', 'anything.example', 443, 'fd00::1', true],
    ['fd00::/8', 'anything.example', 443, 'fd12::1', true],
    ['fd00::/8', 'anything.example', 443, 'fc12::1', false],
    ['::1', 'localhost', 443, '::1', true],
    ['::1', 'localhost', 443, '127.0.0.1', false],
    ['[::1]:8080', 'localhost', 8080, '::1', true],
    ['[::1]:8080', 'localhost', 8081, '::1', false],
    ['127.0.0.1', 'host.docker.internal', 3000, '127.0.0.1', true],
    ['host.docker.internal', 'host.docker.internal', 3000, '127.0.0.1', true],
    ['host.docker.internal', 'localhost', 3000, '127.0.0.1', false],
    ['host.docker.internal:3000', 'host.docker.internal', 3001, '127.0.0.1', false],
    ['10.0.0.5', 'anything.example', 443, '64:ff9b::10.0.0.5', false],
  ])('%s, asked for %s port %i at %s: %s', (entry, host, port, address, open) => {
    const rule = readAllowEntry(entry);
    if (!rule) throw new Error(`${entry} was not understood`);
    expect(judge([rule], host, port, address) === undefined).toBe(open);
  });

  test.each([
    '',
    ' ',
    '*',
    '*.example',
    'http://a.example',
    'a.example/path',
    'a.example/8',
    'user@a.example',
    'a.example:0',
    'a.example:65536',
    'a.example:http',
    'a.example:',
    'a b',
    'a,b',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '/8',
    '::/129',
    '::ffff:10.0.0.0/8',
    '[::1',
    '[::1]:0',
    '[10.0.0.1]',
    'fe80::1%eth0',
    '1.2.3.4.5',
    'a.example?x',
    'a.example#x',
    'a%2eexample',
  ])('%j is none', (entry) => {
    expect(readAllowEntry(entry)).toBeUndefined();
  });
});
