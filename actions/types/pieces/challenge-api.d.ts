// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Commands that ask for a further proof.

import type { ChallengeFactor } from './factor.d.ts';

/** What stands behind the first factor of a command. */
export interface AdditionalFactors<Factor> {
  /** Reached by "Try another method", in this order. The first usable one steps in when the first factor cannot be used. */
  additionalFactors?: readonly Factor[];
}

/**
 * Asks for further proof. A call records and returns: the rest of the function runs with the old `event`. After it has
 * settled, the commands are met one by one in the order of the calls, each by a pause; then the next Action starts with
 * a new event. This function is not entered again. At most four commands to challenge or enroll run in one login, all
 * Actions together; a fifth ends it. `api.access.deny` beats them all.
 */
export interface ChallengeAPI {
  /**
   * **Pauses the login** and asks for this factor at once. Met by the factor or any additional one. Passed over are
   * factors that are switched off for the tenant or not enrolled (a `w` log), and those passed in this login already;
   * when nothing is left because nothing can be used, the login **ends** with an `mfar` log; when everything was
   * passed already, it goes on. "Remember this device" is offered unless `multifactor.enable` said otherwise before.
   * @param factor the factor whose page comes first.
   * @param options what stands behind "Try another method".
   * @throws `api.authentication.challengeWith takes factors such as { type: 'otp' }.`
   */
  challengeWith(factor: ChallengeFactor, options?: AdditionalFactors<ChallengeFactor>): void;
  /**
   * **Pauses the login**: a page to choose from when two or more of the factors can be used, the only one at once
   * otherwise. What is passed over and what ends the login is as with `challengeWith`.
   * @param factors in the order of the page; `event.user.enrolledFactors` can be handed over as it is.
   * @throws `api.authentication.challengeWithAny takes an array of factors such as [{ type: 'otp' }].`
   */
  challengeWithAny(factors: readonly ChallengeFactor[]): void;
}
