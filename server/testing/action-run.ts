// Server, harness: what `runAction` is given, and what it gives: types alone, so that an author's compiler reads no more.
import type { PostLoginEvent } from '#actions/post-login.ts';
import type { FinishedLogin } from './invariants.ts';
import type { SimulatedAction, Simulation, StubbedCall } from './simulation.ts';

export type ActionRun = {
  action: SimulatedAction;
  event: PostLoginEvent;
  /** Absent: `onExecutePostLogin`. */
  handler?: 'onExecutePostLogin' | 'onContinuePostLogin';
} & Pick<Simulation, 'secrets' | 'fetch' | 'now' | 'seed' | 'project'>;

/** What one run did. `error`: it threw, or exceeded a limit; then no command counts. */
export type RanAction = {
  commands: FinishedLogin['executions'][number]['results'][number]['commands'];
  console: readonly string[];
  calls: readonly StubbedCall[];
  error: { name: string; message: string; at?: string } | undefined;
};
