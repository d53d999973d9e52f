// The guide, page 9: whoever logs in, and whatever they do.
import fc from 'fast-check';
import {
  arbitraries,
  atMostChallenges,
  denyIsFinal,
  noFactorCountsTwice,
  noTokenWithoutFactors,
  playLogin,
  runAction,
  simulateLogin,
} from 'sallyport/testing';
import { expect, test } from 'vitest';

const { answers, event: anyEvent, login: anyLogin } = arbitraries(fc);

test('whoever it is and whatever they do', async () => {
  await fc.assert(
    fc.asyncProperty(anyLogin(), answers(), async (simulation, acts) => {
      const login = await simulateLogin(simulation);
      await playLogin(login, acts);
      noTokenWithoutFactors(login);
      noTokenWithoutFactors(login, [['phone', 'otp']]);
      denyIsFinal(login);
      noFactorCountsTwice(login);
      atMostChallenges(login, 2);
    }),
    { numRuns: 25 },
  );
});

test.each(['second-factor', 'email-for-admins', 'claims'])('no event makes %s fail', async (action) => {
  await fc.assert(
    fc.asyncProperty(anyEvent(), async (event) => {
      const { error } = await runAction({ action, event });
      expect(error).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});
