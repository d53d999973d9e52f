// Server, harness: what a test is told when it drives a login wrongly. The message says where the login is, what it takes
// and which method to call: whoever reads it need not look anything up.

/** A simulation that cannot be set up, a step that the login cannot take, or a call out that nothing answers. */
export class SimulationError extends Error {
  override name = 'SimulationError';
}
