// Somebody asks to be let through the gate of a policy: whether it is met, and if not, what is missing.
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import type { WorkInput } from './transaction/input.ts';
import type { LoginTransaction } from './transaction/transaction.ts';

export async function opensFor(
  _ports: Ports,
  { tx }: { tx: LoginTransaction; world: World; caller: Caller },
): Promise<Extract<WorkInput, { kind: 'opened' | 'unopened' }>> {
  if (tx.subject.kind === 'user') return { kind: 'opened', changes: [], logs: [] };
  const body = { error: 'invalid_request', error_description: 'user is required' };
  return { kind: 'unopened', answer: { status: 400, body }, offers: [], changes: [], logs: [] };
}
