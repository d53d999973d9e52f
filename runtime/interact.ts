// One interaction of the JSON flow, from its name and body to what it found out.
import type { Afterwards } from './afterwards.ts';
import type { Messenger } from './delivery/delivery.ts';
import type { ScriptStage } from './pipeline/run-script.ts';
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import type { Interacted } from './transaction/input.ts';
import type { InteractionRequest, LoginTransaction } from './transaction/transaction.ts';

export async function interact(
  _ports: Ports,
  _stage: ScriptStage & { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  _login: { tx: LoginTransaction; world: World; caller: Caller },
  { interaction }: InteractionRequest,
): Promise<Interacted> {
  const body = { error: 'invalid_request', error_description: `Unsupported interaction type: ${interaction}` };
  return { kind: 'interacted', interaction, answer: { status: 404, body }, changes: [], deliver: [], logs: [] };
}
