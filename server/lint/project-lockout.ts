// Server, lint: which of a project's people might not get through its post-login Actions. They are few and made up, so this
// says what the scripts are like and not who is locked out where they run.
import { readFile } from 'node:fs/promises';
import type { AuthenticatorType } from '#storage/records.ts';
import type { FixtureUser, Project } from '../project/project.ts';
import { AUTHENTICATORS, type Count, findLockouts } from './lockout.ts';
import type { LockedOut, LockoutReport } from './lockout-report.ts';

const EXAMPLES = 10;
/** Rejects where the file of a bound Action cannot be read. */
export async function lockoutOfProject(project: Project): Promise<LockoutReport> {
  const bound = (project.bindings['post-login'] ?? []).flatMap(
    (name) => project.actions.find((action) => action.name === name) ?? [],
  );
  const actions = await Promise.all(
    bound.map(async ({ name, path }) => ({ name, code: await readFile(path, 'utf8') })),
  );
  const { customize_mfa_in_postlogin_action: customizeMfa } = project.settings;
  const tenant = { factors: project.factors, customizeMfa: customizeMfa !== false };
  return findLockouts(actions, tenant, countFixtures(project.fixtures.users));
}

/** As the store counts rows. */
function countFixtures(users: Readonly<Record<string, FixtureUser>>): Count {
  const people = Object.entries(users).filter(([, { blocked }]) => blocked !== true);
  return async ({ types, mailbox, having }) => {
    const counted = people.filter(([, user]) => !having || hasOne(user, having));
    const lacking = counted.filter(([, user]) => !hasOne(user, types) && !(mailbox && user.email_verified !== false));
    const examples = lacking
      .slice(0, EXAMPLES)
      .map(([name, { email }]): LockedOut => ({ user_id: name, ...(email === undefined ? {} : { email }) }));
    return { users: counted.length, lacking: lacking.length, examples };
  };
}

const hasOne = ({ factors = [] }: FixtureUser, types: readonly AuthenticatorType[]): boolean =>
  factors.flatMap((factor) => AUTHENTICATORS[factor] ?? []).some((type) => types.includes(type));
