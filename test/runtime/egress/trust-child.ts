// Tests of egress: a process of its own, because Node reads NODE_EXTRA_CA_CERTS once. Prints what two calls came to.
import { setTimeout as sleep } from 'node:timers/promises';
import { createEgress } from '#runtime/egress/create-egress.ts';

const egress = createEgress({ allow: ['127.0.0.1'] });
const ends: (number | string)[] = [];
const ports = new Set<unknown>();
for (const _ of [1, 2]) {
  const url = process.argv[2] ?? '';
  const outcome = await egress.request({ url, method: 'GET', headers: [], redirect: 'follow' }, { timeoutMs: 5_000 });
  ends.push(outcome.ok ? outcome.answer.status : outcome.code);
  if (outcome.ok && 'text' in outcome.answer.body) ports.add(JSON.parse(outcome.answer.body.text).port);
  await sleep(10);
}
process.stdout.write(`${ends.join(' ')} over ${ports.size} connection(s)`);
await egress.close();
