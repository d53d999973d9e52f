// Tests of storage: records of what ran and of what was built to run, with every property set.
import type {
  ActionVersionRecord,
  BuildRecord,
  ExecutionRecord,
  ExecutionResult,
  LoginStepRecord,
  ModuleRecord,
  ModuleVersionRecord,
} from '#storage/records.ts';
import { AT, fresh, LATER } from './samples.ts';

export const aBuild = (tenantId: string, changes: Partial<BuildRecord> = {}): BuildRecord => ({
  tenantId,
  id: fresh('build'),
  script: 'H4sIAAAAAAAAAw==',
  map: 'H4sIAAAAAAAAAw==',
  fileName: 'phone-or-otp.ts',
  dependencies: [{ name: 'lodash', version: '4.17.21' }],
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export const aModule = (tenantId: string, changes: Partial<ModuleRecord> = {}): ModuleRecord => ({
  tenantId,
  id: fresh('mod'),
  name: fresh('shared'),
  code: 'exports.one = 1;',
  dependencies: [{ name: 'lodash', version: 'latest' }],
  secrets: [{ name: 'KEY', value: 'plain-module-secret', updatedAt: AT }],
  latestVersion: { id: fresh('mver'), number: 7 },
  allChangesPublished: false,
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export const aModuleVersion = (tenantId: string, changes: Partial<ModuleVersionRecord> = {}): ModuleVersionRecord => ({
  tenantId,
  id: fresh('mver'),
  moduleId: fresh('mod'),
  number: 1,
  code: 'exports.one = 1;',
  dependencies: [{ name: 'lodash', version: '4.17.21' }],
  secrets: [{ name: 'KEY', value: 'plain-module-version-secret', updatedAt: AT }],
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

/** Of a version of an Action: one shared module and its secrets. */
export const someModules = (): Required<Pick<ActionVersionRecord, 'modules' | 'moduleSecrets'>> => ({
  modules: [{ moduleId: fresh('mod'), moduleName: 'shared', versionId: fresh('mver'), number: 7 }],
  moduleSecrets: { shared: [{ name: 'KEY', value: 'plain-pinned-module-secret', updatedAt: AT }] },
});

export const anExecution = (tenantId: string, changes: Partial<ExecutionRecord> = {}): ExecutionRecord => ({
  tenantId,
  id: fresh('exe'),
  triggerId: 'post-login',
  transactionId: fresh('tx'),
  userId: 'auth0|1',
  clientId: 'client_1',
  status: 'final',
  results: [aRun()],
  createdAt: AT,
  updatedAt: AT,
  expiresAt: LATER,
  ...changes,
});

export const aRun = (changes: Partial<ExecutionResult> = {}): ExecutionResult => ({
  actionId: fresh('act'),
  actionName: 'phone-or-otp',
  versionId: fresh('ver'),
  versionNumber: 3,
  bindingId: fresh('bin'),
  startedAt: AT,
  endedAt: AT + 2,
  durationMs: 1.75,
  cpuMs: 0.5,
  calls: { count: 2, ms: 12.5 },
  commands: [{ name: 'user.setAppMetadata', args: ['a', { plain: 'plain-command-argument' }] }],
  console: [{ level: 'log', text: 'plain-console-line', at: 'phone-or-otp.js:4:3' }],
  error: {
    id: 'limit',
    name: 'Error',
    message: 'too many calls',
    fileName: 'phone-or-otp.js',
    at: 'phone-or-otp.js:9:1',
    stack: ['at check (phone-or-otp.js:9:1)'],
    limit: { name: 'calls', value: 5 },
  },
  ...changes,
});

export const aLoginStep = (tenantId: string, changes: Partial<LoginStepRecord> = {}): LoginStepRecord => ({
  tenantId,
  transactionId: fresh('tx'),
  ordinal: 1,
  clientId: 'client_1',
  userId: 'auth0|1',
  purpose: 'login',
  door: 'hosted',
  beganAt: AT,
  at: AT + 5,
  tookMs: 4.25,
  input: { kind: 'chosen', factor: 'phone' },
  from: 'choosing',
  to: { state: 'denied', code: 'access_denied', reason: 'plain-reason-of-a-step' },
  work: [{ state: 'running', fact: 'ran', tookMs: 1.5, action: { name: 'phone-or-otp', version: 3 } }],
  executionId: fresh('exe'),
  logIds: ['900'],
  messageIds: [fresh('msg')],
  notice: 'invalid-code',
  expiresAt: LATER,
  ...changes,
});

/** Every value above that must never lie on a disk as it is. */
export const PLAIN_RUN_SECRETS = [
  'plain-console-line',
  'plain-reason-of-a-step',
  'plain-command-argument',
  'plain-module-secret',
  'plain-module-version-secret',
  'plain-pinned-module-secret',
];
