// Tests, oracle: devices without a browser (RFC 8628).
import { SECRET } from '../clients.ts';
import { exchange, type Probe } from '../probe.ts';
import { type Parameters, type Side, spell } from '../side.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const begin = (side: Side, parameters: Parameters) =>
  side.nobody().send('/oauth/device/code', { form: spell(side, parameters) });
const begins = (id: string, parameters: Parameters): Probe => ({
  id: `device/${id}`,
  run: (side) => begin(side, parameters),
});
const deviceCode = async (side: Side) =>
  ((await (await begin(side, { client_id: 'native', scope: 'openid' })).json()) as { device_code: string }).device_code;
const polls = (id: string, make: (side: Side) => Promise<Parameters> | Parameters): Probe => ({
  id: `device/${id}`,
  run: async (side) => exchange(side, { client_id: 'native', grant_type: GRANT, ...(await make(side)) }),
});

export const DEVICE: Probe[] = [
  begins('a good request', { client_id: 'native', scope: 'openid' }),
  begins('no client', { scope: 'openid' }),
  begins('an unknown client', { client_id: 'nobody' }),
  begins('a client that may not', { client_id: 'spa' }),
  begins('a client with a secret that may not', { client_id: 'post', client_secret: SECRET }),
  begins('a bad scope', { client_id: 'native', scope: 'openid "x"' }),
  begins('an unknown API', { client_id: 'native', audience: 'https://nowhere.example/' }),
  {
    id: 'device/client_id twice',
    run: (side) => side.nobody().send('/oauth/device/code', { form: 'client_id=native&client_id=spa' }),
  },
  { id: 'device/GET', run: (side) => side.nobody().send('/oauth/device/code') },
  polls('pending', async (side) => ({ device_code: await deviceCode(side) })),
  polls('an unknown code', () => ({ device_code: 'unknown' })),
  polls('no code', () => ({})),
  polls('by another client', async (side) => ({ device_code: await deviceCode(side), client_id: 'spa' })),
  {
    id: 'device/too late',
    before: { run: async (side) => new Response(await deviceCode(side)), seconds: 1000 },
    run: async (side, first) =>
      exchange(side, { client_id: 'native', grant_type: GRANT, device_code: (await first?.text()) ?? '' }),
  },
];
