// Tests: a case of the reference model as rows: the tenant's switches, the chain of Actions, the person and what they have.
// One tenant of one house serves all cases; it is set up afresh for each.

import type { AuthenticatorRecord } from '#storage/records.ts';
import type { House } from '#test/kit/house.ts';
import { TOTP_KEY } from '#test/kit/house.ts';
import type { Somebody } from './act.ts';
import type { Case, Having } from './chain.ts';
import { FORM, scriptText } from './script-text.ts';

/** What was written for earlier cases. */
export type Settled = { roles: Map<string, string>; hasForm: boolean; people: number };

/** Lives longer than any case, so that no session of one runs out by itself. */
const YEARS_SECONDS = 10 * 365 * 24 * 60 * 60;

export async function settle(
  settled: Settled,
  house: House,
  { tenant, person, actions }: Case,
  name: string,
): Promise<Somebody> {
  const { store, ports } = house;
  const tenantId = house.tenant.id;
  await house.editTenant((current) => ({
    ...current,
    factors: { ...current.factors, otp: tenant.otp, sms: tenant.sms, email: tenant.email },
    messageTypes: tenant.messageTypes,
    policies: tenant.policies,
    customizeMfa: tenant.customizeMfa,
    session: { ...current.session, lifetimeSeconds: YEARS_SECONDS, idleLifetimeSeconds: YEARS_SECONDS },
  }));
  const at = house.clock.at;
  if (!settled.hasForm) {
    await store.forms.insert({ tenantId, id: FORM, name: 'Form', definition: {}, createdAt: at, updatedAt: at });
    settled.hasForm = true;
  }
  await house.bind(...actions.map(scriptText));

  const number = `+4477009${String(++settled.people).padStart(5, '0')}`;
  const user = await house.user(name, [], { emailVerified: person.emailVerified });
  const email = user.email ?? '';
  const mailbox = `own-${email}`;
  const row = (having: Having, record: Pick<AuthenticatorRecord, 'type' | 'secret' | 'phoneNumber' | 'email'>) =>
    having === 'none'
      ? []
      : [
          {
            ...record,
            id: `dev_${ports.random.letters(16)}`,
            tenantId,
            userId: user.id,
            confirmed: having === 'confirmed',
            createdAt: at,
          },
        ];
  const rows = [
    ...row(person.otp, { type: 'totp', secret: TOTP_KEY }),
    ...row(person.phone, { type: 'phone', phoneNumber: number }),
    ...row(person.mailbox, { type: 'email', email: mailbox }),
  ];
  for (const record of rows) await store.authenticators.insert(record);
  for (const role of person.roles) await giveRole(settled, house, user.id, role);
  return {
    userId: user.id,
    email,
    mailbox,
    phone: number,
    totpKey: TOTP_KEY,
    sessions: new Map(),
    binding: (browser) => `${name}-${browser}`,
    logsRead: 0,
  };
}

async function giveRole({ roles }: Settled, house: House, userId: string, name: string): Promise<void> {
  const { store, ports, clock, tenant } = house;
  let id = roles.get(name);
  if (id === undefined) {
    id = `rol_${ports.random.letters(16)}`;
    await store.roles.insert({ tenantId: tenant.id, id, name, createdAt: clock.at, updatedAt: clock.at });
    roles.set(name, id);
  }
  await store.assignments.addRoles(tenant.id, userId, [id]);
}
