// Server, check: the six questions to ask when a flow of factors does not do what it should, and the answer to each. Pure:
// facts in, findings with their remedies out. A factor counts as named wherever a command stands, whatever its condition.
import type { CheckedAction, CheckedUser, Facts, Told } from './gather.ts';

export const CHECK_ITEMS = ['switch', 'factors', 'enrolled', 'deployed', 'bound', 'version'] as const;
export type CheckItem = (typeof CHECK_ITEMS)[number];

/** What is asked, for people. */
export const QUESTIONS: Readonly<Record<CheckItem, string>> = {
  switch: 'Actions may choose factors',
  factors: 'factors that Actions name are on',
  enrolled: 'users are enrolled in them',
  deployed: 'Actions are deployed as they stand',
  bound: 'Actions are bound to post-login',
  version: 'Actions are of the current trigger version',
};

/** `remedy`: which command, page or call puts it right. */
export type CheckFinding = { message: string; remedy: string };

/** `wrong`: something is to be done. `unknown`: it could not be found out, and `note` says why. */
export type CheckResult = {
  item: CheckItem;
  state: 'ok' | 'wrong' | 'unknown';
  note: string;
  findings: CheckFinding[];
};

/** The switch of each factor, and the type of its authentication method on the wire. */
const FACTORS: Readonly<Record<string, { switch: string; methods: readonly string[] }>> = {
  otp: { switch: 'otp', methods: ['totp'] },
  phone: { switch: 'sms', methods: ['phone'] },
  email: { switch: 'email', methods: ['email'] },
  'push-notification': { switch: 'push-notification', methods: ['push', 'push-notification'] },
  'webauthn-roaming': { switch: 'webauthn-roaming', methods: ['webauthn-roaming'] },
  'webauthn-platform': { switch: 'webauthn-platform', methods: ['webauthn-platform'] },
  'recovery-code': { switch: 'recovery-code', methods: ['recovery-code'] },
};

export function runChecklist(facts: Facts): CheckResult[] {
  return [
    result('switch', checkSwitch(facts)),
    result('factors', checkFactors(facts)),
    result('enrolled', facts.user ? checkUsers(facts, facts.user) : checkEverybody(facts)),
    result('deployed', checkDeployed(facts)),
    result('bound', checkBound(facts)),
    result('version', checkVersion(facts)),
  ];
}

type Checked = { note: string; findings?: CheckFinding[] } | { unknown: string };

function result(item: CheckItem, checked: Checked): CheckResult {
  if ('unknown' in checked) return { item, state: 'unknown', note: checked.unknown, findings: [] };
  const { note, findings = [] } = checked;
  return { item, state: findings.length > 0 ? 'wrong' : 'ok', note, findings };
}

const list = (names: readonly string[]): string => names.join(', ');
const noun = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;
const unread = (...facts: Told<unknown>[]): { unknown: string } | undefined => {
  const missing = facts.find((fact) => !fact.known);
  return missing && !missing.known ? { unknown: missing.why } : undefined;
};

/** Those whose commands would run: deployed and bound, in order; all that are deployed where bindings are unknown. */
function running({ actions, bound }: Facts): CheckedAction[] {
  if (!actions.known) return [];
  if (!bound.known) return actions.value.filter(({ deployed }) => deployed);
  return bound.value.flatMap((id) => actions.value.find((action) => action.id === id) ?? []);
}

type Named = { factor: string; action: string; line: number };

function namedBy(actions: readonly CheckedAction[]): Named[] {
  return actions.flatMap(({ name: action, commands }) =>
    commands.ok
      ? commands.commands
          .filter(({ command }) => command !== 'multifactor.enable')
          .flatMap(({ line, asks }) =>
            [...new Set(asks.flatMap(({ names }) => [...names]))].map((factor) => ({
              factor: factor === 'push' ? 'push-notification' : factor,
              action,
              line,
            })),
          )
      : [],
  );
}

function choosesFactors({ commands }: CheckedAction): boolean {
  return commands.ok && commands.commands.some(({ command }) => command !== 'multifactor.enable');
}

function checkSwitch(facts: Facts): Checked {
  const { customizeMfa } = facts;
  if (!customizeMfa.known) return { unknown: customizeMfa.why };
  if (customizeMfa.value === undefined) {
    return { unknown: 'the settings do not say; look at "Customize MFA Factors using Actions" on the page of MFA' };
  }
  if (customizeMfa.value) return { note: 'customize_mfa_in_postlogin_action is on' };
  const finding = {
    message: 'customize_mfa_in_postlogin_action is off: a script that chooses a factor fails its login.',
    remedy: 'PATCH /api/v2/tenants/settings {"customize_mfa_in_postlogin_action": true}',
  };
  return { note: 'it is off', findings: [finding] };
}

function checkFactors(facts: Facts): Checked {
  const missing = unread(facts.actions, facts.factors);
  if (missing || !facts.factors.known) return missing ?? { unknown: '' };
  const switches = facts.factors.value;
  const named = namedBy(running(facts));
  const findings: CheckFinding[] = [];
  const on = new Set<string>();
  for (const factor of new Set(named.map((each) => each.factor))) {
    const known = Object.hasOwn(FACTORS, factor) ? FACTORS[factor] : undefined;
    const places = list(named.filter((each) => each.factor === factor).map(({ action, line }) => `${action}:${line}`));
    if (!known) {
      findings.push({
        message: `There is no factor ${factor} (${places}).`,
        remedy: `Use one of ${list(Object.keys(FACTORS))}.`,
      });
    } else if (switches.get(known.switch) !== true) {
      findings.push({
        message: `${factor} is named and switched off (${places}).`,
        remedy: `PUT /api/v2/guardian/factors/${known.switch} {"enabled": true}`,
      });
    } else on.add(factor);
  }
  for (const { name, commands } of running(facts)) {
    if (commands.ok) continue;
    const message = `The text of ${name} cannot be read (line ${commands.line}: ${commands.message}).`;
    findings.push({ message, remedy: 'Correct it and deploy it anew.' });
  }
  return { note: on.size > 0 ? `on: ${list([...on])}` : 'no bound Action names one', findings };
}

function checkUsers(facts: Facts, users: Told<CheckedUser[]>): Checked {
  if (!users.known) return { unknown: users.why };
  if (users.value.length === 0) {
    return {
      note: 'there is no such user',
      findings: [
        { message: 'There is no such user.', remedy: 'Give an id such as auth0|… or a whole e-mail address.' },
      ],
    };
  }
  const findings = users.value.flatMap((user) => checkUser(facts, user));
  const has = users.value.map(({ id, methods }) => `${id} has ${methods.length > 0 ? list(methods) : 'no method'}`);
  return { note: has.join('; '), findings };
}

function checkUser(facts: Facts, user: CheckedUser): CheckFinding[] {
  const findings: CheckFinding[] = [];
  if (user.blocked) {
    const path = `/api/v2/users/${encodeURIComponent(user.id)}`;
    findings.push({ message: `${user.id} is blocked.`, remedy: `PATCH ${path} {"blocked": false}` });
  }
  const isOn = (factor: string) =>
    !facts.factors.known || facts.factors.value.get(FACTORS[factor]?.switch ?? '') === true;
  const has = (factor: string) =>
    isOn(factor) &&
    (FACTORS[factor]?.methods.some((method) => user.methods.includes(method)) ||
      // A verified address enrolls itself, and no list shows it.
      (factor === 'email' && user.email !== undefined && user.emailVerified));
  for (const { name, commands } of running(facts)) {
    for (const { command, line, asks } of commands.ok ? commands.commands : []) {
      if (!command.startsWith('challenge')) continue;
      for (const { names, enrolled, unread } of asks) {
        const wanted = [...names].map((each) => (each === 'push' ? 'push-notification' : each));
        if (unread || wanted.some(has) || (enrolled && Object.keys(FACTORS).some(has))) continue;
        const asked = enrolled ? 'any factor' : wanted.length === 1 ? wanted[0] : `one of ${list(wanted)}`;
        findings.push({
          message: `${user.id} has none of what ${name}:${line} may ask for (${asked}).`,
          remedy: `POST /api/v2/users/${encodeURIComponent(user.id)}/authentication-methods, or send an enrollment by POST /api/v2/guardian/enrollments/ticket`,
        });
      }
    }
  }
  return findings;
}

function checkEverybody({ lockout }: Facts): Checked {
  if (!lockout.known) return { unknown: lockout.why };
  const { findings, users } = lockout.value;
  const locked = findings.filter(({ kind, lacking }) => kind !== 'switch' && lacking > 0);
  return {
    note: locked.length === 0 ? `${noun(users, 'user')}, nobody without` : `${noun(users, 'user')}`,
    findings: locked.map(({ message, examples }) => ({
      message:
        examples.length > 0
          ? `${message} For example ${list(examples.slice(0, 3).map(({ email, user_id }) => email ?? user_id))}.`
          : message,
      remedy:
        'Enroll them (enrollWith in an Action before, or POST /api/v2/guardian/enrollments/ticket), or name a factor that they have.',
    })),
  };
}

function checkDeployed(facts: Facts): Checked {
  if (!facts.actions.known) return { unknown: facts.actions.why };
  const findings = facts.actions.value.flatMap(({ id, name, status, deployed, changesDeployed }) => {
    const remedy = `sallyport deploy --only ${JSON.stringify(name)}, or POST /api/v2/actions/actions/${id}/deploy`;
    if (status === 'failed')
      return [
        {
          message: `The draft of ${name} does not build.`,
          remedy: `GET /api/v2/actions/actions/${id} says why (errors).`,
        },
      ];
    if (!deployed) return [{ message: `${name} was never deployed.`, remedy }];
    return changesDeployed ? [] : [{ message: `The draft of ${name} is not what is deployed.`, remedy }];
  });
  return { note: noun(facts.actions.value.length, 'Action'), findings };
}

function checkBound(facts: Facts): Checked {
  const missing = unread(facts.actions, facts.bound);
  if (missing || !facts.actions.known || !facts.bound.known) return missing ?? { unknown: '' };
  const bound = facts.bound.value;
  const order = running(facts).map(({ name }) => name);
  const loose = facts.actions.value.filter((action) => !bound.includes(action.id) && choosesFactors(action));
  return {
    note: order.length > 0 ? order.join(' → ') : 'nothing is bound',
    findings: loose.map(({ id, name }) => ({
      message: `${name} chooses factors and is not bound.`,
      remedy: `Add {"ref": {"type": "action_id", "value": "${id}"}} to PATCH /api/v2/actions/triggers/post-login/bindings, or to "bindings" of sallyport.json and deploy.`,
    })),
  };
}

function checkVersion(facts: Facts): Checked {
  const missing = unread(facts.actions, facts.currentVersion);
  if (missing || !facts.actions.known || !facts.currentVersion.known) return missing ?? { unknown: '' };
  const current = facts.currentVersion.value;
  if (current === undefined) return { unknown: 'the list of triggers names no current version' };
  const old = facts.actions.value.filter(({ version }) => version !== current);
  return {
    note: `current is ${current}`,
    findings: old.map(({ id, name, version }) => ({
      message: `${name} is of version ${version}; current is ${current}.`,
      remedy: `PATCH /api/v2/actions/actions/${id} {"supported_triggers": [{"id": "post-login", "version": "${current}"}]}, then deploy it.`,
    })),
  };
}
