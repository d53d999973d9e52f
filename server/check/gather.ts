// Server, check: what a tenant says of itself, as far as its Management API answers and the token may ask. Whatever it does
// not say is unknown, with the reason; it stops nothing else from being looked at.
import type { Remote } from '../cli/remote.ts';
import { RemoteRefusal } from '../cli/remote.ts';
import { type FactorCommands, factorCommands } from '../lint/factor-commands.ts';
import type { LockoutReport } from '../lint/lockout-report.ts';

/** A fact, or why there is none. */
export type Told<T> = { known: true; value: T } | { known: false; why: string };

export type CheckedAction = {
  id: string;
  name: string;
  version: string;
  /** `built`, `failed`, … of the draft. */
  status: string;
  deployed: boolean;
  /** The draft is what is deployed. */
  changesDeployed: boolean;
  /** In the deployed text, or else in the draft. */
  commands: FactorCommands;
};

export type CheckedUser = {
  id: string;
  email?: string;
  emailVerified: boolean;
  blocked: boolean;
  /** Types of confirmed methods, as the wire has them. */
  methods: string[];
};

export type Facts = {
  kind: Remote['kind'];
  customizeMfa: Told<boolean | undefined>;
  /** Switches by name. */
  factors: Told<ReadonlyMap<string, boolean>>;
  actions: Told<CheckedAction[]>;
  /** Ids, in order. */
  bound: Told<string[]>;
  currentVersion: Told<string | undefined>;
  /** Only where one is asked about; `value` is undefined where there is no such user. */
  user?: Told<CheckedUser[]>;
  lockout: Told<LockoutReport>;
};

const TRIGGER = 'post-login';

/** @param who an id or an e-mail address. */
export async function gatherFacts(remote: Remote, who?: string): Promise<Facts> {
  const { kind } = remote;
  const tell = <T>(asked: () => Promise<T>) => told(asked);
  return {
    kind,
    customizeMfa: await tell(async () => {
      const settings = await remote.call<Wire>('GET', '/tenants/settings');
      const value = settings.customize_mfa_in_postlogin_action;
      return typeof value === 'boolean' ? value : undefined;
    }),
    factors: await tell(async () => {
      const factors = await remote.call<Wire[]>('GET', '/guardian/factors');
      return new Map(factors.map(({ name, enabled }) => [String(name), enabled === true]));
    }),
    actions: await tell(async () => {
      const actions = await remote.list<Wire>(`/actions/actions?triggerId=${TRIGGER}`, 'actions');
      return Promise.all(actions.map(readAction));
    }),
    bound: await tell(async () => {
      const bindings = await remote.list<Wire>(`/actions/triggers/${TRIGGER}/bindings`, 'bindings');
      return bindings.map(({ action }) => String((action as Wire | undefined)?.id));
    }),
    currentVersion: await tell(async () => {
      const { triggers } = await remote.call<{ triggers?: Wire[] }>('GET', '/actions/triggers');
      const current = triggers?.find(({ id, status }) => id === TRIGGER && status === 'CURRENT');
      return current && String(current.version);
    }),
    ...(who === undefined ? {} : { user: await tell(() => readUsers(remote, who)) }),
    lockout:
      kind === 'sallyport'
        ? await tell(() => remote.call<LockoutReport>('GET', '/actions/lockout'))
        : { known: false, why: 'Auth0 has no list of who is enrolled in what; ask about one user with --user' },
  };
}

type Wire = Record<string, unknown>;

async function told<T>(asked: () => Promise<T>): Promise<Told<T>> {
  try {
    return { known: true, value: await asked() };
  } catch (error) {
    // Whoever is nobody there, or a server that is gone, ends the command.
    if (!(error instanceof RemoteRefusal) || error.status === 401) throw error;
    return { known: false, why: error.message };
  }
}

async function readAction(action: Wire): Promise<CheckedAction> {
  const [trigger] = (action.supported_triggers ?? []) as Wire[];
  const deployed = (action.deployed_version ?? action.current_version) as Wire | undefined;
  return {
    id: String(action.id),
    name: String(action.name),
    version: String(trigger?.version),
    status: String(action.status),
    deployed: deployed !== undefined,
    changesDeployed: action.all_changes_deployed === true,
    commands: await factorCommands(String(deployed?.code ?? action.code ?? '')),
  };
}

async function readUsers(remote: Remote, who: string): Promise<CheckedUser[]> {
  const isId = who.includes('|');
  const found = isId
    ? await remote.call<Wire>('GET', `/users/${encodeURIComponent(who)}`).then(
        (user) => [user],
        (error: unknown) => {
          if (error instanceof RemoteRefusal && error.status === 404) return [];
          throw error;
        },
      )
    : await remote.call<Wire[]>('GET', `/users-by-email?email=${encodeURIComponent(who)}`);
  return Promise.all(
    found.map(async (user) => {
      const id = String(user.user_id);
      const path = `/users/${encodeURIComponent(id)}/authentication-methods`;
      const methods = await remote.list<Wire>(path, 'authenticators');
      return {
        id,
        ...(typeof user.email === 'string' ? { email: user.email } : {}),
        emailVerified: user.email_verified === true,
        blocked: user.blocked === true,
        methods: methods.filter(({ confirmed }) => confirmed !== false).map(({ type }) => String(type)),
      };
    }),
  );
}
