// Server, harness: `sallyport/testing` as Node finds it. Node takes types out of no file below `node_modules`, so whatever does
// that has to be in place before the first file with types is loaded; hence each name stands here once.
import '../cli/load-types.js';

export const {
  SimulationError,
  arbitraries,
  atMostChallenges,
  denyIsFinal,
  noFactorCountsTwice,
  noTokenWithoutFactors,
  playLogin,
  runAction,
  shutDown,
  simulateLogin,
} = await import('./testing.ts');
