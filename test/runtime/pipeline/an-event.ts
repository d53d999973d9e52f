// An event built from rows in memory, for tests of what scripts read.
import { buildEvent, type Occasion } from '#runtime/pipeline/event.ts';
import type { World } from '#runtime/pipeline/world.ts';
import { assessRisk } from '#runtime/risk/risk.ts';
import { noUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import type { LoginTransaction } from '#runtime/transaction/transaction.ts';
import type { ClientRecord, ConnectionRecord, UserRecord } from '#storage/records.ts';
import { ALL, aPerson } from '../factors/person.ts';
import { aTransaction, NOW } from '../transaction/sample.ts';

export const person = aPerson([...ALL], ['otp', 'email']);
const client = {
  id: 'client-1',
  name: 'App',
  metadata: { tier: 'gold' },
  secretHash: 'hidden',
} as unknown as ClientRecord;
const connection = { id: 'con_1', name: 'db', strategy: 'auth0', metadata: {} } as unknown as ConnectionRecord;
const risk = assessRisk({
  now: NOW,
  device: 'hash',
  ip: '203.0.113.7',
  history: [],
  loginsCount: 1,
  untrusted: noUntrustedAddresses,
  hasGeography: false,
  isKnownAddress: false,
  isAnonymousProxy: false,
});

/** Rows and login as given, the rest as plain as can be: a person with an app and a verified address. */
export const event = ({
  tx = {},
  world = {},
  user = {},
  isConnectionGone = false,
  ...rest
}: {
  tx?: Partial<LoginTransaction>;
  world?: Partial<World>;
  user?: Partial<UserRecord>;
  isConnectionGone?: boolean;
} & Partial<Omit<Occasion, 'tx' | 'world'>> = {}) =>
  buildEvent({
    tx: aTransaction(tx),
    world: {
      tenant: person.tenant,
      client,
      ...(isConnectionGone ? {} : { connection }),
      user: { ...person.user, ...user },
      authenticators: person.authenticators,
      isMember: false,
      roles: [],
      devices: [],
      ...world,
    },
    caller: { ip: '203.0.113.7', method: 'POST' },
    loginsCount: 3,
    risk,
    place: undefined,
    now: NOW,
    ...rest,
  });
