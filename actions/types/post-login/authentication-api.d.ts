// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.authentication` of post-login: challenges, enrollments, methods of your own, the primary account.

import type { AdditionalFactors, ChallengeAPI } from '../pieces/challenge-api.d.ts';
import type { EnrollFactor } from '../pieces/factor.d.ts';

/** Asks for further proof, lets people enroll, and says who they are. */
export interface AuthenticationAPI<Api> extends ChallengeAPI {
  /**
   * **Pauses the login** and lets the person enroll in this factor, or in an additional one instead. Somebody who has a
   * factor already must pass a challenge in this login first, otherwise the login **ends** with an `mfar` log. Passed
   * over are factors that are switched off for the tenant or enrolled already (a `w` log); when nothing is left, the
   * login ends with an `mfar` log. Counts towards the four commands of one login.
   * @param factor the factor whose page comes first.
   * @param options what may be enrolled instead.
   * @throws `api.authentication.enrollWith takes factors such as { type: 'otp' }.`
   */
  enrollWith(factor: EnrollFactor, options?: AdditionalFactors<EnrollFactor>): void;
  /**
   * **Pauses the login** and lets the person enroll in one of the factors: a page to choose from when two or more are
   * left, the only one at once otherwise. What is passed over and what ends the login is as with `enrollWith`.
   * @param factors in the order of the page.
   * @throws `api.authentication.enrollWithAny takes an array of factors such as [{ type: 'otp' }].`
   */
  enrollWithAny(factors: readonly EnrollFactor[]): void;
  /**
   * In `onContinuePostLogin`: notes in the session that the person proved something on a page of yours. Later logins
   * in the session find it in `event.authentication.methods`; this one does not.
   * @param url an http or https address of at most 2,048 characters that stands for the method; its `name` in `methods`.
   * @throws `api.authentication.recordMethod takes the http or https URL of what the user proved.`
   */
  recordMethod(url: string): Api;
  /**
   * Goes on as another account of the person: tokens, later events and metadata are that account's. The account used
   * for this login must be linked to it already, otherwise the login **fails**. `user_metadata` written in the same
   * Action is lost.
   * @param userId `user_id` of the account, at most 128 characters.
   * @throws `The primary user can only be altered once per transaction` at a second call,
   * `The provided primary_user_id must be a non-empty string` or
   * `The provided primary_user_id exceeds the maximum length.`
   */
  setPrimaryUser(userId: string): void;
}
