// A login in a test of an author's: `simulateLogin` opens a tenant, signs somebody in, runs two scripts with a code between
// them and has the tokens. The yardstick is the same login where the tenant is open already: what opening costs shows.
import { type SimulatedLogin, type Simulation, shutDown, simulateLogin } from '#server/testing/testing.ts';
import { type BenchLine, type Block, inTurns, percentile } from './bench-line.ts';

const WARM_UP = 50;
const BLOCKS = 15;
const LOGINS = 20;
/** What a test may take for it, in milliseconds. */
const GOAL_MS = 15;

const SIMULATION: Simulation = {
  user: { factors: ['otp', 'phone'] },
  actions: [
    {
      code: `exports.onExecutePostLogin = async (event, api) => { api.authentication.challengeWith({ type: 'phone' }); };`,
    },
    {
      code: `exports.onExecutePostLogin = async (event, api) => {
        api.idToken.setCustomClaim('https://example.com/methods', event.authentication.methods.map(({ name }) => name));
      };`,
    },
  ],
};

const fresh = () => simulateLogin(SIMULATION);

/** Milliseconds of one login, from its begin to its tokens. */
async function timed(begin: () => Promise<SimulatedLogin>): Promise<number> {
  const startedAt = performance.now();
  const login = await begin();
  await login.answer();
  if (!login.tokens) throw new Error(`a login of the benchmark is ${login.state}`);
  return performance.now() - startedAt;
}

async function many(begin: () => Promise<SimulatedLogin>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < LOGINS; i++) times.push(await timed(begin));
  return times;
}

export async function benchSimulate(): Promise<BenchLine[]> {
  for (let i = 0; i < WARM_UP; i++) await timed(fresh);
  const blocks: Block[] = [];
  const all: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const open = await fresh();
    await open.answer();
    const again = () => {
      // Whoever asks for too many messages at once is refused.
      open.clock.advance('1 hour');
      return open.again({ prompt: 'login' });
    };
    const yardstick = percentile(await many(again), 0.5);
    const times = await many(fresh);
    all.push(...times);
    blocks.push({ value: percentile(times, 0.5), yardstick });
  }
  await shutDown();
  const p50 = percentile(all, 0.5);
  return [
    {
      name: 'simulateLogin with two scripts and one challenge, to its tokens: p50 (ms), against one in an open tenant',
      ...inTurns(blocks),
      goal: 2,
      note: `p90 ${percentile(all, 0.9).toFixed(1)} ms; a test may take ${GOAL_MS} ms at p50, which is ${p50 <= GOAL_MS ? 'met' : 'missed'} here`,
    },
  ];
}
