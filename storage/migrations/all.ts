// Storage: the migrations in their order, as one plain object that Kysely's migrator reads at every start.
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.ts';
import { executionsAndBuilds } from './0002-executions-and-builds.ts';
import { sharedModules } from './0003-shared-modules.ts';
import { linksDevicesAndGroups } from './0004-links-devices-groups.ts';
import { protocol } from './0005-protocol.ts';
import { signingKeyPlaces } from './0006-signing-keys.ts';
import { loginBlocks } from './0007-login-blocks.ts';
import { exchangeProfiles } from './0008-exchange-profiles.ts';
import { formerPasswordsAndJobs } from './0009-former-passwords-and-jobs.ts';
import { factorsAndPages } from './0010-factors-and-pages.ts';
import { attemptsOfMessages } from './0011-attempts-of-messages.ts';
import { passwordless } from './0012-passwordless.ts';
import { messageLimits } from './0013-message-limits.ts';
import { logStreams } from './0014-log-streams.ts';
import { jsonFlow } from './0015-json-flow.ts';
import { loginSteps } from './0016-login-steps.ts';
import { userSearch } from './0017-user-search.ts';
import { jobPieces } from './0018-job-pieces.ts';
import { permissions } from './0019-permissions.ts';
import { keptDocuments } from './0020-kept-documents.ts';
import { activeUsers } from './0021-active-users.ts';
import { logStreamLetters } from './0023-log-stream-letters.ts';
import type { Dialect } from './dialect.ts';

export function migrationsFor(dialect: Dialect): Record<string, Migration> {
  return {
    '0001-initial': { up: (db: Kysely<unknown>) => initial(db, dialect) },
    '0002-executions-and-builds': { up: (db: Kysely<unknown>) => executionsAndBuilds(db, dialect) },
    '0003-shared-modules': { up: (db: Kysely<unknown>) => sharedModules(db, dialect) },
    '0004-links-devices-groups': { up: (db: Kysely<unknown>) => linksDevicesAndGroups(db, dialect) },
    '0005-protocol': { up: (db: Kysely<unknown>) => protocol(db, dialect) },
    '0006-signing-keys': { up: signingKeyPlaces },
    '0007-login-blocks': { up: loginBlocks },
    '0008-exchange-profiles': { up: (db: Kysely<unknown>) => exchangeProfiles(db, dialect) },
    '0009-former-passwords-and-jobs': { up: (db: Kysely<unknown>) => formerPasswordsAndJobs(db, dialect) },
    '0010-factors-and-pages': { up: (db: Kysely<unknown>) => factorsAndPages(db, dialect) },
    '0011-attempts-of-messages': { up: attemptsOfMessages },
    '0013-message-limits': { up: messageLimits },
    '0012-passwordless': { up: passwordless },
    '0014-log-streams': { up: (db: Kysely<unknown>) => logStreams(db, dialect) },
    '0015-json-flow': { up: (db: Kysely<unknown>) => jsonFlow(db, dialect) },
    '0016-login-steps': { up: (db: Kysely<unknown>) => loginSteps(db, dialect) },
    '0021-active-users': { up: activeUsers },
    '0017-user-search': { up: (db: Kysely<unknown>) => userSearch(db, dialect) },
    '0018-job-pieces': { up: jobPieces },
    '0023-log-stream-letters': { up: logStreamLetters },
    '0019-permissions': { up: (db: Kysely<unknown>) => permissions(db, dialect) },
    '0020-kept-documents': { up: (db: Kysely<unknown>) => keptDocuments(db, dialect) },
  };
}
