// Tests of storage: what every database must keep, as one suite. A driver's own test is a line that opens it.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { openKeyring } from '#storage/keyring.ts';
import { openStore } from '#storage/open.ts';
import type { Store } from '#storage/store.ts';
import { describeAllowances } from './rules/allowances.ts';
import { describeBatches } from './rules/batches.ts';
import { describeBrowsers } from './rules/browsers.ts';
import { describeChanges } from './rules/changes.ts';
import { describeConfiguration } from './rules/configuration.ts';
import { describeConsents } from './rules/consents.ts';
import { describeCredentials } from './rules/credentials.ts';
import { describeEndings } from './rules/endings.ts';
import { describeExecutions } from './rules/executions.ts';
import { describeFactors } from './rules/factors.ts';
import { describeGroups } from './rules/groups.ts';
import { describeJobs } from './rules/jobs.ts';
import { describeJsonFlow } from './rules/json-flow.ts';
import { describeLacking } from './rules/lacking.ts';
import { describeLinks } from './rules/links.ts';
import { describeLogSearch } from './rules/log-search.ts';
import { describeLogStreams } from './rules/log-streams.ts';
import { describeLoginBlocks } from './rules/login-blocks.ts';
import { describeLoginSteps } from './rules/login-steps.ts';
import { describeMigrations } from './rules/migrations.ts';
import { describeNotices } from './rules/notices.ts';
import { describeOpening } from './rules/opening.ts';
import { describePasswordlessCodes } from './rules/passwordless-codes.ts';
import { describePeople } from './rules/people.ts';
import { describePermissions } from './rules/permissions.ts';
import { describeRaces } from './rules/races.ts';
import { describeRefreshTokens } from './rules/refresh-tokens.ts';
import { describeSecrecy } from './rules/secrecy.ts';
import { describeSessions } from './rules/sessions.ts';
import { describeSigningKeys } from './rules/signing-keys.ts';
import { describeTickets } from './rules/tickets.ts';
import { describeTraces } from './rules/traces.ts';
import { describeUserSearch } from './rules/user-search.ts';
import { AT } from './samples.ts';
import type { Subject } from './subject.ts';

/** `other` is a second Store on the same database, as another machine would have it. Filled before the first test. */
export type Stores = { store: Store; other: Store; subject: Subject };

/** Holds a database to the promises of `storage/store.ts`. `open` makes a new, empty one. */
export function describeStore(name: string, open: () => Promise<Subject>): void {
  describe(name, () => {
    const stores = {} as Stores;

    beforeAll(async () => {
      const keyring = openKeyring([randomBytes(32).toString('base64url')]);
      stores.subject = await open();
      stores.store = await openStore(stores.subject.url, keyring, { now: () => AT });
      stores.other = await openStore(stores.subject.url, keyring, { now: () => AT });
    });

    afterAll(async () => {
      await stores.other?.close();
      await stores.store?.close();
      await stores.subject?.dispose();
    });

    describeChanges(stores);
    describeBatches(stores);
    describeRaces(stores);
    describeAllowances(stores);
    describeConfiguration(stores);
    describeJobs(stores);
    describeLogSearch(stores);
    describeLogStreams(stores);
    describeJsonFlow(stores);
    describeSigningKeys(stores);
    describePeople(stores);
    describeUserSearch(stores);
    describePermissions(stores);
    describeEndings(stores);
    describeLacking(stores);
    describeLinks(stores);
    describeLoginBlocks(stores);
    describePasswordlessCodes(stores);
    describeGroups(stores);
    describeSessions(stores);
    describeRefreshTokens(stores);
    describeTickets(stores);
    describeConsents(stores);
    describeNotices(stores);
    describeCredentials(stores);
    describeFactors(stores);
    describeBrowsers(stores);
    describeTraces(stores);
    describeExecutions(stores);
    describeLoginSteps(stores);
    describeSecrecy(stores);
    describeOpening(open);
    describeMigrations(open);
  });
}
