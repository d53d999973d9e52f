// Management: executions on the wire. Auth0's shape with more in it: which version, how long, what it commanded, what it
// printed and where it failed. Source: actions-api reference, section 6.
import type { ExecutionError, ExecutionRecord, ExecutionResult } from '#storage/records.ts';
import { iso, optional } from './fields.ts';

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
