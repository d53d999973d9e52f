// Management: executions on the wire. Auth0's shape with more in it: which version, how long, what it commanded, what it
// printed and where it failed. Source: actions-api reference, section 6.
import { z } from 'zod';
import type { ExecutionError, ExecutionRecord, ExecutionResult } from '#storage/records.ts';
import { iso, optional } from './fields.ts';

export const resultShape = z.strictObject({
  action_name: z.string(),
  action_id: z.string(),
  version_id: z.string(),
  version_number: z.int().optional(),
  binding_id: z.string(),
  started_at: z.string(),
  ended_at: z.string(),
  duration_ms: z.number(),
  cpu_ms: z.number(),
  calls: z.strictObject({ count: z.int(), duration_ms: z.number() }).optional(),
  commands: z.array(z.strictObject({ name: z.string(), args: z.array(z.unknown()).optional() })),
  logs: z.array(z.strictObject({ level: z.string(), text: z.string(), at: z.string().optional() })),
  error: z
    .strictObject({
      id: z.string(),
      msg: z.string(),
      name: z.string(),
      at: z.string().optional(),
      file_name: z.string().optional(),
      stack: z.array(z.string()),
      limit: z.strictObject({ name: z.string(), value: z.number() }).optional(),
    })
    .optional(),
});

export const executionShape = z
  .strictObject({
    id: z.string(),
    trigger_id: z.string(),
    status: z.enum(['final', 'suspended', 'partial']),
    results: z.array(resultShape),
    transaction_id: z.string().optional(),
    user_id: z.string().optional(),
    client_id: z.string().optional(),
    created_at: z.string(),
    updated_at: z.string(),
    expires_at: z.string(),
  })
  .meta({ id: 'ActionExecution' });

export function showExecution(execution: ExecutionRecord): Record<string, unknown> {
  return {
    id: execution.id,
    trigger_id: execution.triggerId,
    status: execution.status,
    results: execution.results.map(showResult),
    ...optional('transaction_id', execution.transactionId),
    ...optional('user_id', execution.userId),
    ...optional('client_id', execution.clientId),
    created_at: iso(execution.createdAt),
    updated_at: iso(execution.updatedAt),
    expires_at: iso(execution.expiresAt),
  };
}

export function showResult(result: ExecutionResult): Record<string, unknown> {
  return {
    action_name: result.actionName,
    action_id: result.actionId,
    version_id: result.versionId,
    ...optional('version_number', result.versionNumber),
    binding_id: result.bindingId,
    started_at: iso(result.startedAt),
    ended_at: iso(result.endedAt),
    duration_ms: result.durationMs,
    cpu_ms: result.cpuMs,
    ...(result.calls ? { calls: { count: result.calls.count, duration_ms: result.calls.ms } } : {}),
    // Without `args` where they were too large to keep.
    commands: result.commands,
    logs: result.console,
    ...(result.error ? { error: showError(result.error) } : {}),
  };
}

function showError({ id, name, message, at, fileName, stack, limit }: ExecutionError) {
  return {
    id,
    msg: message,
    name,
    ...optional('at', at),
    ...optional('file_name', fileName),
    stack,
    ...optional('limit', limit),
  };
}
