// The library's scripts, each through a real isolate and a real login: what its header promises is what people meet.
import { readFileSync } from 'node:fs';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_USABLE } from '#runtime/factors/select.ts';
import type { Shown } from '#runtime/runtime.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  type Has = ('otp' | 'phone' | 'email')[];
  type Person = { has?: Has; admin?: boolean; organization?: string; verifiedPhone?: boolean };

  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    const { id: tenantId } = house.tenant;
    const at = { createdAt: 0, updatedAt: 0 };
    await house.store.roles.insert({ tenantId, id: 'rol_admin', name: 'admin', ...at });
    for (const [id, factors] of [
      ['org_strict', 'phone, email'],
      ['org_none', 'webauthn-platform'],
    ] as const) {
      await house.store.organizations.insert({
        tenantId,
        id,
        name: id,
        displayName: 'Acme',
        metadata: { factors },
        settings: {},
        ...at,
      });
    }
  });
  afterAll(() => house.close());

  let people = 0;
  async function signIn(scripts: string[], { has = [], admin, organization, verifiedPhone }: Person): Promise<Shown> {
    await house.bind(
      ...scripts.map((name) => readFileSync(new URL(`../../actions/library/${name}.js`, import.meta.url), 'utf8')),
    );
    const name = `person-${++people}`;
    const user = await house.user(
      name,
      has,
      verifiedPhone ? { phoneNumber: '+447700900123', phoneVerified: true } : {},
    );
    const { id: tenantId } = house.tenant;
    if (admin) await house.store.assignments.addRoles(tenantId, user.id, ['rol_admin']);
    if (organization) await house.store.assignments.addMembers(tenantId, organization, [user.id]);
    house.clock.advance(120_000);
    const begun = await house.begin();
    const request = { ...begun.login.request, ...(organization ? { organizationId: organization } : {}) };
    const { key } = await house.begin({ request });
    return house.step(key, { kind: 'submitted', identifier: `${name}@example.com`, password: PASSWORD });
  }

  /** What a login shows now: the state, the factor in front, what else is offered. */
  function seen({ login: { state, challenges } }: Shown): string {
    if (state.name === 'challenging') {
      const front = challenges.find(({ id }) => id === state.challengeId)?.factor;
      const others = state.offers.map(({ factor }) => factor).filter((factor) => factor !== front);
      return others.length > 0 ? `${front}, or ${others.join(' or ')}` : `${front}`;
    }
    if (state.name === 'choosing') return `choose ${state.offers.map(({ factor }) => factor).join(' or ')}`;
    return state.name === 'denied' ? `denied: ${state.reason}` : state.name;
  }

  async function pass(shown: Shown, to?: string): Promise<Shown> {
    const code =
      to === undefined
        ? generateSync({ secret: TOTP_KEY, epoch: Math.floor(house.clock.at / 1000) })
        : await house.codeFor(to);
    return house.step(shown.key, { kind: 'responded', code });
  }

  describe('what a person meets first', () => {
    const ROWS: [script: string, person: Person, expected: string][] = [
      ['enrolled-factors', { has: ['otp', 'phone'] }, 'choose otp or phone'],
      ['enrolled-factors', { has: ['phone'] }, 'phone'],
      ['enrolled-factors', { has: ['email'] }, `denied: ${NOTHING_USABLE}`],
      ['by-role', { has: ['otp', 'phone'] }, 'otp'],
      ['by-organization-and-metadata', { has: ['otp'] }, 'completed'],
      [
        'by-organization-and-metadata',
        { has: ['phone', 'email'], organization: 'org_strict', verifiedPhone: true },
        'phone, or email',
      ],
      ['by-organization-and-metadata', { has: ['phone', 'email'], organization: 'org_strict' }, 'email'],
      [
        'by-organization-and-metadata',
        { has: ['otp'], organization: 'org_none' },
        'denied: Acme accepts none of your sign-in methods.',
      ],
      ['other-method', { has: ['otp', 'email'] }, 'otp, or email'],
      ['other-method', { has: ['otp'] }, 'otp'],
      ['other-method', { has: ['email'] }, 'email'],
      ['enrolled-as-other-methods', { has: ['otp', 'phone', 'email'] }, 'otp, or phone or email'],
      ['enrolled-as-other-methods', { has: ['otp'] }, 'otp'],
    ];
    test.each(ROWS)('%s with %j: %s', async (script, person, expected) => {
      expect(seen(await signIn([script], person))).toBe(expected);
    });
  });

  describe('what a person meets next', () => {
    test('by-role: administrators need the phone as well', async () => {
      const admin = await pass(await signIn(['by-role'], { has: ['otp', 'phone'], admin: true }));
      expect(seen(admin)).toBe('phone');
      expect(seen(await pass(admin, '+447700900123'))).toBe('completed');
      expect(seen(await pass(await signIn(['by-role'], { has: ['otp', 'phone'] })))).toBe('completed');
    });

    const SEQUENCE = ['sequence-first', 'sequence-second'];
    test.each([
      [true, 'phone', 'email'],
      [true, 'otp', 'completed'],
      [false, 'phone', 'completed'],
    ] as const)('sequence: administrator %s who used %s: %s', async (admin, factor, expected) => {
      const picker = await signIn(SEQUENCE, { has: ['otp', 'phone', 'email'], admin });
      const chosen = await house.step(picker.key, { kind: 'chosen', factor });
      expect(seen(await pass(chosen, factor === 'phone' ? '+447700900123' : undefined))).toBe(expected);
    });
  });
});
