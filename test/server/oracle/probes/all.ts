// Tests, oracle: every probe there is.
import type { Probe } from '../probe.ts';
import { AFTERWARDS } from './afterwards.ts';
import { AUTHORIZE } from './authorize.ts';
import { DEVICE } from './device.ts';
import { REQUESTS } from './requests.ts';
import { TOKEN } from './token.ts';

export const PROBES: readonly Probe[] = [...AUTHORIZE, ...REQUESTS, ...TOKEN, ...AFTERWARDS, ...DEVICE];
