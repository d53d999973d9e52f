// A process that will be killed while its script runs: it opens the database it is given, begins a login, and submits.
import { openHouse, PASSWORD } from '#test/kit/house.ts';

const [, , databaseUrl = ''] = process.argv;
const house = await openHouse({ databaseUrl, ports: { now: Date.now } });
// Hangs while its clock is young; by the time somebody may try again, it is not.
await house.bind(`exports.onExecutePostLogin = async () => {
  if (Date.now() < ${Date.now() + 8_000}) await new Promise((resolve) => setTimeout(resolve, 15000));
};`);
const user = await house.user('ana');
const { key, login } = await house.begin();
process.send?.({ tenantId: house.tenant.id, key, loginId: login.id, email: user.email });
await house.submit(key, { kind: 'submitted', identifier: user.email ?? '', password: PASSWORD });
