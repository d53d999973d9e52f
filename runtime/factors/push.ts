// A phone's browser that approves sign-ins. The challenge is a row that the device reads and answers by a signature; here
// it is only asked about. Where no push arrives, the device makes codes like an app.
import { pushMessage } from '../delivery/compose.ts';
import type { Random } from '../ports.ts';
import { confirmed, type Factor } from './factor.ts';
import { newTotpKey, verifyTotp } from './otp.ts';

/** How long a device may answer, and how long the picture that enrolls one is good (wire reference, §2.4). */
const LIFETIME_MS = 5 * 60_000;
/** The number on the page and two others: who approves without looking is wrong two times out of three. */
const CHOICES = 3;

export const push: Factor = {
  type: 'push-notification',
  switch: 'push-notification',
  channel: 'push',
  enrolled: (person) =>
    confirmed(person, 'push').map((record) => ({
      id: record.id,
      record,
      ...(record.secret === undefined ? {} : { secret: record.secret }),
      ...(record.totpStep === undefined ? {} : { totpStep: record.totpStep }),
    })),
  pose: ({ blank, authenticator, tenant, user, locale, transactionId, matches, about, at, random }) => {
    const choices = matches ? numbers(random) : [];
    const [number = ''] = choices;
    const expiresAt = at + LIFETIME_MS;
    const request = {
      tenantId: tenant.id,
      id: blank.id,
      deviceId: authenticator.id,
      userId: user.id,
      number,
      // In an order of their own: the right one is not always the first.
      choices: [...choices].sort(),
      about,
      state: 'pending',
      createdAt: at,
      expiresAt,
    } as const;
    const message = pushMessage({ request, tenant, locale, transactionId });
    return { challenge: { ...blank, number, expiresAt }, changes: [{ kind: 'push-request.insert', request }], message };
  },
  verify: (_challenge, code, authenticator, _ports, now) => verifyTotp(authenticator, code, now),
  enroll: {
    begin: (authenticatorId, _person, random, createdAt) => ({
      factor: 'push-notification',
      authenticatorId,
      key: random.key(),
      secret: newTotpKey(random),
      createdAt,
      expiresAt: createdAt + LIFETIME_MS,
    }),
  },
  describe: ({ record }) => record?.name,
};

/** Different numbers of two digits. */
function numbers(random: Random): string[] {
  const drawn = new Set<string>();
  while (drawn.size < CHOICES) drawn.add(random.digits(2));
  return [...drawn];
}
