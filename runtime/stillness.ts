// What a rehearsal has in place of hands: what it writes is forgotten, so nothing may leave the house and nothing may follow.
import type { Afterwards } from './afterwards.ts';
import type { Messenger } from './delivery/delivery.ts';
import type { JobWork } from './job-work.ts';

export const NOTHING_AFTERWARDS: Afterwards = { start() {}, done: async () => {} };
export const NO_JOBS: JobWork = { start() {}, done: async () => {}, end: async () => {} };
export const NO_MESSENGER: Messenger = {
  deliver: async () => ({ state: 'waiting' }),
  standing: async () => ({ state: 'waiting' }),
  deliverDue: async () => {},
  drain: async () => {},
};
