// The steps of a tenant's logins as they are written: told after the commit, so what is heard has happened.
import type { ExecutionResult, LoginStepRecord } from '#storage/records.ts';
import type { Live } from './live.ts';

/** `results`: of the Actions that ran in the step. */
export type LiveStep = { step: LoginStepRecord; results: ExecutionResult[] };

export type LiveSteps = Live<LiveStep>;
