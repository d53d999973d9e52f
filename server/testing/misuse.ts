// Server, harness: what a test is told when it drives a login wrongly. The message says where the login is, what it takes
// and which method to call: whoever reads it need not look anything up.

/** A simulation that cannot be set up, a step that the login cannot take, or a call out that nothing answers. */
export class SimulationError extends Error {
  override name = 'SimulationError';
  /** `no-step`: the login takes no such step where it rests. `expired`: it has run out. */
  declare readonly why?: 'no-step' | 'expired';
  constructor(message: string, why?: 'no-step' | 'expired') {
    super(message);
    if (why !== undefined) this.why = why;
  }
}
