// Lifecycle: what its rules ask of the outside. No rule here knows HTTP; what may be refused comes back as a value.
import type { Ports } from '../runtime.ts';

export type LifecyclePorts = Pick<Ports, 'store' | 'now' | 'random'>;
