// Management: the table of triggers. Source: actions-api reference, sections 4.2 and 5. Which of them run here is a rule
// of the runtime; the others are listed because tools read the list before they do anything.
import { z } from 'zod';

export const triggerShape = z
  .strictObject({
    id: z.string(),
    version: z.string(),
    status: z.enum(['CURRENT', 'DEPRECATED']),
    runtimes: z.array(z.string()),
    default_runtime: z.string(),
    binding_policy: z.enum(['trigger-bound', 'entity-bound']),
    compatible_triggers: z.array(z.strictObject({ id: z.string(), version: z.string() })),
  })
  .meta({ id: 'ActionTrigger' });
type TriggerRow = z.output<typeof triggerShape>;

const RUNTIMES = ['node18-actions', 'node22'];

function row(
  id: string,
  version: string,
  status: TriggerRow['status'],
  more: Partial<Pick<TriggerRow, 'binding_policy' | 'compatible_triggers'>> = {},
): TriggerRow {
  return {
    id,
    version,
    status,
    runtimes: version === 'v1' && status === 'DEPRECATED' ? ['node12'] : RUNTIMES,
    default_runtime: version === 'v1' && status === 'DEPRECATED' ? 'node12' : 'node22',
    binding_policy: 'trigger-bound',
    compatible_triggers: [],
    ...more,
  };
}

const TWO_VERSIONS = [
  'credentials-exchange',
  'pre-user-registration',
  'post-user-registration',
  'post-change-password',
  'send-phone-message',
];
const ENTITY_BOUND = ['custom-token-exchange', 'event-stream', 'password-hash-migration', 'mcp-tool'];

export const TRIGGERS: readonly TriggerRow[] = [
  row('post-login', 'v1', 'DEPRECATED'),
  row('post-login', 'v2', 'DEPRECATED'),
  row('post-login', 'v3', 'CURRENT', { compatible_triggers: [{ id: 'post-login', version: 'v2' }] }),
  ...TWO_VERSIONS.flatMap((id) => [row(id, 'v1', 'DEPRECATED'), row(id, 'v2', 'CURRENT')]),
  ...['password-reset-post-challenge', 'custom-phone-provider', 'custom-email-provider'].map((id) =>
    row(id, 'v1', 'CURRENT'),
  ),
  ...ENTITY_BOUND.map((id) => row(id, 'v1', 'CURRENT', { binding_policy: 'entity-bound' })),
];

export const isTrigger = (id: string): boolean => TRIGGERS.some((trigger) => trigger.id === id);
