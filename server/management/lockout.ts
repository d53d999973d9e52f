// Management: which users might not get through today, by what is deployed, or by drafts before they are.
import { z } from 'zod';
import { type Count, findLockouts, type LintedAction, showLockouts } from '../lint/lockout.ts';
import { type Answer, answer, refuse } from './answer.ts';
import { text } from './fields.ts';
import { type Incoming, type Route, route } from './route.ts';

const TRIGGER = 'post-login';
const MOST_ACTIONS = 50;
/** As long as an Action's text may be. */
const MOST_CHARACTERS = 100_000;
const EXAMPLES = 10;

/** Findings and the users they are about, as the check of a project shows them. */
const reportShape = z.looseObject({}).meta({ id: 'LockoutReport' });

export const lockoutRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/actions/lockout',
    scopes: ['read:actions'],
    summary: 'Find the users who would not get through',
    answers: { 200: reportShape },
    async handle(call) {
      return report(call, await boundTexts(call));
    },
  }),

  route({
    method: 'POST',
    path: '/actions/lockout',
    scopes: ['read:actions'],
    summary: 'Find the users who would not get through with drafts',
    // Asks, and changes nothing.
    subject: 'none',
    answers: { 200: reportShape },
    body: z.strictObject({
      /** In place of the deployed texts of these names. */
      actions: z
        .array(z.strictObject({ name: z.string().min(1).max(255), code: z.string().max(MOST_CHARACTERS) }))
        .max(MOST_ACTIONS)
        .optional(),
      /** Names, in the order in which they would run; as they are bound now where absent. */
      bindings: z.array(text(255)).max(MOST_ACTIONS).optional(),
      /** Switches as they would be; those that are not named are as they are. */
      factors: z.record(z.string().max(64), z.boolean()).optional(),
      customize_mfa_in_postlogin_action: z.boolean().optional(),
    }),
    async handle(given) {
      const { actions: drafts = [], bindings, factors, customize_mfa_in_postlogin_action: customizeMfa } = given.body;
      const { tenant } = given;
      const call = {
        ...given,
        tenant: {
          ...tenant,
          factors: { ...tenant.factors, ...factors },
          customizeMfa: customizeMfa ?? tenant.customizeMfa,
        },
      };
      const texts = new Map(drafts.map(({ name, code }) => [name, code]));
      const bound = await boundTexts(call);
      if (bindings === undefined) {
        return report(
          call,
          bound.map(({ name, code }) => ({ name, code: texts.get(name) ?? code })),
        );
      }
      const deployed = new Map(bound.map(({ name, code }) => [name, code]));
      const actions: LintedAction[] = [];
      for (const [index, name] of bindings.entries()) {
        const code = texts.get(name) ?? deployed.get(name) ?? (await unboundText(call, name));
        if (code === undefined) return refuse(400, `The action of bindings[${index}] is neither given nor deployed.`);
        actions.push({ name, code });
      }
      return report(call, actions);
    },
  }),
];

/** Deployed texts in the order in which they run. */
async function boundTexts({ deps: { store }, tenant }: Incoming): Promise<LintedAction[]> {
  const bindings = await store.bindings.list(tenant.id, TRIGGER);
  const found = await Promise.all(bindings.map(({ actionId }) => deployedText({ store }, tenant.id, actionId)));
  return found.filter((action) => action !== undefined);
}

async function unboundText({ deps: { store }, tenant }: Incoming, name: string): Promise<string | undefined> {
  const { records } = await store.actions.list(tenant.id);
  const action = records.find((each) => each.name === name && each.trigger.id === TRIGGER);
  return action && (await deployedText({ store }, tenant.id, action.id))?.code;
}

async function deployedText(
  { store }: Pick<Incoming['deps'], 'store'>,
  tenantId: string,
  id: string,
): Promise<LintedAction | undefined> {
  const action = await store.actions.find(tenantId, id);
  const versionId = action?.deployedVersionId;
  const version = versionId === undefined ? undefined : await store.actionVersions.find(tenantId, versionId);
  return action && version && { name: action.name, code: version.code };
}

/** Who may not read users is told how many, and not who. */
async function report({ deps, tenant, operator }: Incoming, actions: LintedAction[]): Promise<Answer> {
  const examples = operator.scopes.has('read:users') ? EXAMPLES : 0;
  const count: Count = async (query) => {
    const found = await deps.store.users.lacking(tenant.id, { ...query, examples });
    const named = found.examples.map(({ id, email, name }) => ({
      user_id: id,
      ...(email === undefined ? {} : { email }),
      ...(name === undefined ? {} : { name }),
    }));
    return { ...found, examples: named };
  };
  return answer(showLockouts(await findLockouts(actions, tenant, count)));
}
