// Storage: the columns of what is written down of logins for whoever wants to know what happened: what ran, and the steps.
// Kept as in tables.ts, which lists them among the others.
import type { Generated } from 'kysely';

export type ExecutionRow = {
  /** Grows with every row: newest first, and the checkpoint of lists. */
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  /** Empty where no login belongs to it. */
  transaction_id: string;
  user_key: string | null;
  /** Sealed. */
  doc: string;
  expires_at: number;
};

export type LoginStepRow = {
  /** Grows with every row: the login that was moved last first, and the checkpoint of lists. */
  seq: Generated<number>;
  tenant_id: string;
  transaction_id: string;
  ordinal: number;
  user_key: string | null;
  /** Sealed. */
  doc: string;
  expires_at: number;
};

export type JobPieceRow = {
  tenant_id: string;
  job_id: string;
  kind: string;
  position: number;
  sealed: string;
  created_at: number;
};
