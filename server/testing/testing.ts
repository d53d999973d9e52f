// Server, harness: `sallyport/testing`, everything that a test of scripts may import.

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
export { runAction } from './run-action.ts';
export { shutDown } from './shared-sandbox.ts';
export { simulateLogin } from './simulate-login.ts';
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
