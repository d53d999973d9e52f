// Server, migration: which project an export becomes. Pure: what was read in, files and a report out. What a project cannot
// hold is named with the reason; nothing is left out in silence.
import { GUARDIAN_FACTORS } from '#runtime/guardian-factors.ts';
import { refuseTrigger } from '#runtime/lifecycle/triggers.ts';
import { parseProjectFile } from '../project/project-file.ts';
import type { TenantExport, Wire } from './read-export.ts';

/** `taken`: it is in the project. `left`: it is not, and why. `human`: somebody has to do something. */
export type ImportNote = { state: 'taken' | 'left' | 'human'; what: string; why?: string };

export type PlannedProject = { files: { path: string; text: string }[]; notes: ImportNote[] };

const SETTINGS = [
  'customize_mfa_in_postlogin_action',
  'allowed_logout_urls',
  'default_audience',
  'default_directory',
  'default_redirection_uri',
  'enabled_locales',
  'friendly_name',
  'idle_session_lifetime',
  'picture_url',
  'session_cookie',
  'session_lifetime',
  'support_email',
  'support_url',
];
const RUNTIMES = ['node22', 'node18', 'node18-actions'];

export function planProject(read: TenantExport, tenant: string): PlannedProject {
  const notes: ImportNote[] = [];
  const note = (state: ImportNote['state'], what: string, why?: string) =>
    void notes.push({ state, what, ...(why === undefined ? {} : { why }) });
  for (const { file, message } of read.faults) note('left', file, message);
  const files: PlannedProject['files'] = [];
  const modules = planModules(read, files, note);
  const { actions, names } = planActions(read, files, note);
  const bindings = planBindings(read, names, note);
  const factors = Object.fromEntries(
    read.factors
      .filter(({ value }) => GUARDIAN_FACTORS.some((factor) => factor === value.name))
      .map(({ value }) => [String(value.name), value.enabled === true]),
  );
  if (read.factors.length > 0) note('taken', `${read.factors.length} factor switches`);
  const settings = Object.fromEntries(
    Object.entries(read.tenant).filter(([key, value]) => SETTINGS.includes(key) && value !== null),
  );
  const rest = Object.keys(read.tenant).filter((key) => !SETTINGS.includes(key));
  if (rest.length > 0) note('left', `settings ${rest.join(', ')}`, 'a project names those of logins alone');
  const clients = Object.fromEntries(
    read.clients
      .filter(({ value }) => value.global !== true)
      .map(({ value }) => [String(value.name), clientFixture(value)]),
  );
  const project = { tenant, actions, modules, bindings, factors, settings, fixtures: { clients } };
  // What an export holds may be anything: the project that is written is one that can be read.
  const checked = parseProjectFile(project, 'sallyport.json');
  for (const fault of 'faults' in checked ? checked.faults : [])
    note('human', `sallyport.json: ${fault.path ?? ''}`, fault.message);
  if (read.rules > 0)
    note('human', `${read.rules} Rules`, 'they ended on 18 November 2026: sallyport convert rules <export>/rules');
  if (read.hooks > 0)
    note('human', `${read.hooks} Hooks`, 'they ended on 18 November 2026: sallyport convert rules <export>/hooks');
  for (const other of read.others) note('left', other, 'there is nothing in a project for it');
  for (const [placeholder, places] of read.placeholders)
    note('human', placeholder, `a placeholder of the deploy tool, kept in ${places.join(', ')}: write its value`);
  files.unshift({ path: 'sallyport.json', text: `${JSON.stringify(project, null, 2)}\n` });
  return { files, notes };
}

type Note = (state: ImportNote['state'], what: string, why?: string) => void;

function planModules(read: TenantExport, files: PlannedProject['files'], note: Note): Wire {
  const planned: Wire = {};
  for (const { value, code } of read.modules) {
    const name = freeName(String(value.name), Object.keys(planned));
    planned[name] = { dependencies: dependenciesOf(value) };
    files.push({ path: `modules/${name}.js`, text: code });
    note('taken', `module ${name}`);
    if (secretsOf(value).length > 0)
      note(
        'human',
        `secrets of module ${name}`,
        `declare them at the Actions that use it: ${secretsOf(value).join(', ')}`,
      );
  }
  return planned;
}

function planActions(read: TenantExport, files: PlannedProject['files'], note: Note) {
  const actions: Wire = {};
  /** From the name in the export to that in the project. */
  const names = new Map<string, { name: string; trigger: string }>();
  for (const { file, value, code } of read.actions) {
    const given = String(value.name);
    const [trigger] = objectsOf(value.supported_triggers);
    const id = String(trigger?.id ?? 'post-login');
    const refused =
      refuseTrigger({ id, version: 'v1' }) &&
      refuseTrigger({ id, version: 'v2' }) &&
      refuseTrigger({ id, version: 'v3' });
    if (refused !== undefined) {
      note('left', `Action ${given} (${file})`, refused);
      continue;
    }
    const name = freeName(given, Object.keys(actions));
    const secrets = secretsOf(value);
    const modules = objectsOf(value.modules).map((each) => freeName(String(each.module_name), []));
    const runtime = String(value.runtime ?? 'node22');
    actions[name] = {
      trigger: id,
      ...(RUNTIMES.includes(runtime) ? { runtime } : {}),
      dependencies: dependenciesOf(value),
      secrets,
      ...(modules.length > 0 ? { modules } : {}),
    };
    names.set(given, { name, trigger: id });
    files.push({ path: `actions/${name}.js`, text: code });
    note('taken', name === given ? `Action ${name}` : `Action ${given} as ${name}`);
    if (!RUNTIMES.includes(runtime)) note('human', `Action ${name}`, `was written for ${runtime}; it runs on node22`);
    if (secrets.length > 0)
      note('human', `secrets of ${name}`, `an export has no values: give ${secrets.join(', ')} when you deploy`);
    if (value.deployed === false) note('human', `Action ${name}`, 'was not deployed as it stands');
  }
  return { actions, names };
}

function planBindings(
  read: TenantExport,
  names: ReadonlyMap<string, { name: string; trigger: string }>,
  note: Note,
): Wire {
  const bindings: Wire = {};
  for (const [trigger, bound] of Object.entries(read.triggers)) {
    const found: string[] = [];
    for (const each of objectsOf(bound)) {
      const given = String(each.action_name ?? each.actionName);
      const known = names.get(given);
      if (known?.trigger === trigger) found.push(known.name);
      else
        note(
          'left',
          `binding of ${given} to ${trigger}`,
          known ? 'the Action is of another trigger' : 'the Action is not in the project',
        );
    }
    if (found.length === 0) continue;
    bindings[trigger] = found;
    note('taken', `${trigger}: ${found.join(' → ')}`);
  }
  return bindings;
}

/** A name that a project takes, and that nothing has yet. */
function freeName(given: string, taken: readonly string[]): string {
  const plain =
    given
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '')
      .slice(0, 90) || 'action';
  for (let count = 1; ; count++) {
    const name = count === 1 ? plain : `${plain}-${count}`;
    if (!taken.includes(name)) return name;
  }
}

/** Those of a list that are objects: what an export holds may be anything. */
const objectsOf = (list: unknown): Wire[] =>
  (Array.isArray(list) ? list : []).filter((each) => typeof each === 'object' && each !== null);

const dependenciesOf = ({ dependencies }: Wire): Wire =>
  Object.fromEntries(objectsOf(dependencies).map(({ name, version }) => [String(name), String(version ?? 'latest')]));

const secretsOf = ({ secrets }: Wire): string[] =>
  (Array.isArray(secrets) ? (secrets as unknown[]) : []).flatMap((each) =>
    typeof each === 'string' ? [each] : objectsOf([each]).map(({ name }) => String(name)),
  );

function clientFixture({ callbacks, client_metadata }: Wire): Wire {
  const urls = (Array.isArray(callbacks) ? callbacks : []).filter(
    (each) => typeof each === 'string' && URL.canParse(each) && !/##|@@/.test(each),
  );
  const metadata = Object.fromEntries(
    Object.entries(typeof client_metadata === 'object' ? (client_metadata ?? {}) : {}).filter(
      ([, value]) => typeof value === 'string',
    ),
  );
  return { ...(urls.length > 0 ? { callbacks: urls } : {}), ...(Object.keys(metadata).length > 0 ? { metadata } : {}) };
}
