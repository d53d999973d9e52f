// Server, harness: the types of `sallyport/testing`, for projects. What it takes them from are files of types and of plain
// functions: a project's own check would otherwise read the whole house, by the project's settings.
import type { ActionRun, RanAction } from './action-run.ts';
import type { SimulatedLogin, Simulation } from './simulation.ts';

export type { ActionRun, RanAction } from './action-run.ts';
export { type Arbitraries, arbitraries } from './arbitraries.ts';
export {
  atMostChallenges,
  type Demand,
  denyIsFinal,
  type FinishedLogin,
  noFactorCountsTwice,
  noTokenWithoutFactors,
} from './invariants.ts';
export { SimulationError } from './misuse.ts';
export { type Answer, type PlayedStep, playLogin } from './play-login.ts';
export type {
  OfferedFactor,
  SimulatedAction,
  SimulatedClock,
  SimulatedLogin,
  SimulatedRequest,
  SimulatedTokens,
  Simulation,
  StubbedAnswer,
  StubbedCall,
  StubbedRoute,
} from './simulation.ts';

/** Begins a login; it rests wherever a person would have to do something. */
export function simulateLogin(simulation?: Simulation): Promise<SimulatedLogin>;
/** Runs one Action by itself, in the sandbox, with an event of the test's own. */
export function runAction(run: ActionRun): Promise<RanAction>;
/** Ends the processes of the sandbox. Nobody has to: they end with this one. */
export function shutDown(): Promise<void>;
