// Server, project: the format of `sallyport.json`. Strict: a key that nobody reads is a mistake of somebody's. What an editor
// needs to help with it is made of the same schema.

import { z } from 'zod';
import type { TriggerId } from '#actions/triggers.ts';
import { GUARDIAN_FACTORS } from '#runtime/guardian-factors.ts';
import { FIXTURE_FACTORS, type ProjectFault } from './project.ts';

const TRIGGERS = [
  'post-login',
  'credentials-exchange',
  'pre-user-registration',
  'post-user-registration',
  'post-change-password',
  'password-reset-post-challenge',
  'custom-token-exchange',
  'send-phone-message',
  'custom-phone-provider',
  'custom-email-provider',
] as const satisfies readonly TriggerId[];

const RUNTIMES = ['node22', 'node18', 'node18-actions'] as const;

/** Names are keys of objects here: one that every object has would find what nobody wrote. */
const name = z
  .string()
  .min(1)
  .refine((text) => text !== '__proto__', 'cannot be a name');
const metadata = z.record(name, z.string());
const json = z.record(name, z.json());
const dependencies = z.record(name, z.string().min(1));

const action = z.strictObject({
  trigger: z.enum(TRIGGERS).default('post-login').describe('What it runs for'),
  runtime: z.enum(RUNTIMES).optional(),
  dependencies: dependencies.default({}).describe('npm packages, by exact version'),
  secrets: z.array(name).default([]).describe('Names of its secrets; values never stand here'),
  modules: z.array(name).default([]).describe('Modules that it requires as actions:<name>'),
});

const user = z.strictObject({
  email: z.email().optional(),
  email_verified: z.boolean().optional(),
  password: z.string().min(1).optional(),
  name: z.string().optional(),
  username: z.string().min(1).optional(),
  phone_number: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'a number such as +15550100 is expected')
    .optional(),
  factors: z.array(z.enum(FIXTURE_FACTORS)).optional().describe('What this person has enrolled'),
  roles: z.array(name).optional(),
  app_metadata: json.optional(),
  user_metadata: json.optional(),
  logins_count: z.int().min(0).optional(),
  blocked: z.boolean().optional(),
});

const organization = z.strictObject({
  display_name: z.string().optional(),
  metadata: metadata.optional(),
  members: z.record(name, z.array(name)).optional().describe('Names of users, each with its roles here'),
});

const client = z.strictObject({ metadata: metadata.optional(), callbacks: z.array(z.url()).optional() });

const fixtures = z.strictObject({
  users: z.record(name, user).default({}),
  organizations: z.record(name, organization).default({}),
  clients: z.record(name, client).default({}),
  secrets: z.record(name, metadata).default({}).describe('By Action, by name; never deployed'),
});

const projectFile = z.strictObject({
  $schema: z.string().optional(),
  tenant: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and "-" are expected')
    .describe('Name of the tenant'),
  runtime: z.enum(RUNTIMES).optional().describe('Of Actions that name none'),
  actions: z.record(name, action).default({}).describe('By name of file; one that needs nothing may be left out'),
  modules: z.record(name, z.strictObject({ dependencies: dependencies.default({}) })).default({}),
  bindings: z
    .union([z.array(name), z.partialRecord(z.enum(TRIGGERS), z.array(name))])
    .default([])
    .describe('Actions in the order in which they run: of post-login, or by trigger'),
  factors: z
    .partialRecord(z.enum(GUARDIAN_FACTORS), z.boolean())
    .default({})
    .describe('Those that are not named are off'),
  settings: json.default({}).describe('As in PATCH /api/v2/tenants/settings'),
  fixtures: fixtures.default({ users: {}, organizations: {}, clients: {}, secrets: {} }),
});

export type ProjectFile = z.output<typeof projectFile>;

/** Faults are of what was given, in the order of the file. @param file what it is called in faults. */
export function parseProjectFile(given: unknown, file: string): { file: ProjectFile } | { faults: ProjectFault[] } {
  const parsed = projectFile.safeParse(given);
  if (parsed.success) return { file: parsed.data };
  return { faults: parsed.error.issues.flatMap((issue) => toFaults(file, issue)) };
}

type Issue = z.core.$ZodIssue;

function toFaults(file: string, issue: Issue): ProjectFault[] {
  const path = issue.path.map(String);
  const fault = (message: string, at: string[] = path): ProjectFault => ({
    file,
    ...(at.length === 0 ? {} : { path: at.join('.') }),
    message,
  });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => fault('is not known here', [...path, key]));
    case 'invalid_key':
      return [fault(issue.issues[0]?.message ?? 'cannot be a name')];
    case 'invalid_union':
      return [fault('an array of names of Actions is expected, or an object with one for each trigger')];
    case 'invalid_value':
      return [fault(`one of ${issue.values.map(String).join(', ')} is expected`)];
    case 'invalid_type':
      return [fault(`${EXPECTED[issue.expected] ?? `a value of type ${issue.expected}`} is expected`)];
    default:
      return [fault(issue.message)];
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'an array',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** JSON Schema of `sallyport.json`, for editors. */
export const projectSchema = (): object => z.toJSONSchema(projectFile, { io: 'input', target: 'draft-7' });
