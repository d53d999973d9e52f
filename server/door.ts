// The type of a door: how one API family shows a login, one function per state that may be shown. A mapped type over the
// names of resting and final states: adding a state breaks every door at compile time until it has an answer.
import type { RestedLogin, Shown } from '#runtime/runtime.ts';
import type { StoredState } from '#runtime/transaction/transaction.ts';

type LoginIn<Name extends StoredState['name']> = Omit<RestedLogin, 'state'> & {
  state: Extract<StoredState, { name: Name }>;
};

export type Door<Context, Answer = Response> = {
  [Name in StoredState['name']]: (
    context: Context,
    shown: Omit<Shown, 'login'> & { login: LoginIn<Name> },
  ) => Answer | Promise<Answer>;
};

/** Shows a login through a door. */
export function show<Context, Answer>(
  door: Door<Context, Answer>,
  context: Context,
  shown: Shown,
): Answer | Promise<Answer> {
  const cell = door[shown.login.state.name] as (context: Context, shown: Shown) => Answer | Promise<Answer>;
  return cell(context, shown);
}
