// Server, command line: which tenant is meant and who we are there: options first, then the environment. What stands in the
// environment for one tenant never goes to another: a URL reads SALLYPORT_*, a domain reads AUTH0_*.
import { CommandError, type Terminal, UsageError } from './command.ts';

/** For `parseArgs`; every command that reaches a tenant has them. */
export const REMOTE_OPTIONS = {
  url: { type: 'string' },
  domain: { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret-stdin': { type: 'boolean', default: false },
  token: { type: 'string' },
  audience: { type: 'string' },
} as const;

export type RemoteOptions = {
  url?: string | undefined;
  domain?: string | undefined;
  'client-id'?: string | undefined;
  'client-secret-stdin'?: boolean | undefined;
  token?: string | undefined;
  audience?: string | undefined;
};

/** For `--help`. */
export const REMOTE_USAGE = `The tenant:
  --url <url>            a tenant of Sallyport, or of Auth0 by its URL (SALLYPORT_URL)
  --domain <name>        a tenant of Auth0 by its domain (AUTH0_DOMAIN)
  --client-id <id>       of a machine-to-machine client (SALLYPORT_CLIENT_ID, AUTH0_CLIENT_ID)
  --client-secret-stdin  reads its secret from standard input
                         (else SALLYPORT_CLIENT_SECRET, AUTH0_CLIENT_SECRET)
  --token <token>        a token of the Management API instead; who can list processes can read it,
                         so rather set SALLYPORT_TOKEN or AUTH0_ACCESS_TOKEN
  --audience <uri>       of the Management API, where it is not <url>/api/v2/ (AUTH0_AUDIENCE)`;

export type Credentials = { token: string } | { clientId: string; clientSecret: string };

export type Target = {
  /** `https://login.example.com` */
  origin: string;
  credentials: Credentials;
  audience?: string;
};

const VARIABLES = {
  url: {
    place: 'SALLYPORT_URL',
    id: 'SALLYPORT_CLIENT_ID',
    secret: 'SALLYPORT_CLIENT_SECRET',
    token: 'SALLYPORT_TOKEN',
    audience: undefined,
  },
  domain: {
    place: 'AUTH0_DOMAIN',
    id: 'AUTH0_CLIENT_ID',
    secret: 'AUTH0_CLIENT_SECRET',
    token: 'AUTH0_ACCESS_TOKEN',
    audience: 'AUTH0_AUDIENCE',
  },
} as const;
type Way = keyof typeof VARIABLES;

/** Throws `UsageError` where it is not said which tenant, or who we are. */
export async function readTarget(options: RemoteOptions, terminal: Terminal): Promise<Target> {
  const way = wayOf(options, terminal);
  const variables = VARIABLES[way];
  const place = options[way] ?? terminal.env(variables.place) ?? '';
  const origin = originOf(way, place);
  const audience = options.audience ?? (variables.audience && terminal.env(variables.audience));
  const credentials = await readCredentials(options, terminal, way);
  if (isInTheClear(origin)) {
    terminal.err(`Warning: ${origin} is not https: whoever listens on the way can read the secret and the token.`);
  }
  return { origin, credentials, ...(audience === undefined ? {} : { audience }) };
}

function wayOf({ url, domain }: RemoteOptions, { env }: Terminal): Way {
  if (url !== undefined && domain !== undefined)
    throw new UsageError('--url and --domain name a tenant each; give one.');
  if (url !== undefined || domain !== undefined) return url === undefined ? 'domain' : 'url';
  const [ofUrl, ofDomain] = [env(VARIABLES.url.place), env(VARIABLES.domain.place)];
  if (ofUrl !== undefined && ofDomain !== undefined) {
    throw new UsageError('SALLYPORT_URL and AUTH0_DOMAIN are both set; say which tenant with --url or --domain.');
  }
  if (ofUrl === undefined && ofDomain === undefined) {
    throw new UsageError('which tenant? Give --url https://login.example.com, or set SALLYPORT_URL or AUTH0_DOMAIN.');
  }
  return ofUrl === undefined ? 'domain' : 'url';
}

function originOf(way: Way, place: string): string {
  const written = way === 'domain' && !place.includes('://') ? `https://${place}` : place;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const expected = way === 'url' ? 'a URL such as https://login.example.com' : 'a domain such as tenant.eu.auth0.com';
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new UsageError(`the ${way} is ${JSON.stringify(place)}; expected ${expected}.`);
  }
  // Whoever pastes the address of the API means its tenant.
  if (url.username !== '' || url.search !== '' || url.hash !== '' || !/^\/(api\/v2\/?)?$/.test(url.pathname)) {
    throw new UsageError(`the ${way} has more in it than scheme, host and port; expected ${expected}.`);
  }
  return url.origin;
}

async function readCredentials(options: RemoteOptions, terminal: Terminal, way: Way): Promise<Credentials> {
  const { 'client-id': givenId, 'client-secret-stdin': fromInput = false, token } = options;
  const variables = VARIABLES[way];
  if (token !== undefined && (givenId !== undefined || fromInput)) {
    throw new UsageError('--token and --client-id are two ways to say who you are; give one.');
  }
  const askedForClient = givenId !== undefined || fromInput;
  const given = token ?? (askedForClient ? undefined : terminal.env(variables.token));
  if (given !== undefined) return { token: visible(given.trim(), 'the token') };
  const clientId = givenId ?? terminal.env(variables.id);
  if (clientId === undefined) {
    throw new UsageError(
      `who are you there? Set ${variables.id} and ${variables.secret} to those of a machine-to-machine client, or ${variables.token}.`,
    );
  }
  const clientSecret = fromInput ? (await terminal.input()).trim() : terminal.env(variables.secret);
  if (!clientSecret) {
    throw new UsageError(
      fromInput
        ? 'nothing came by standard input; --client-secret-stdin reads the secret of the client there.'
        : `the secret of the client is missing. Set ${variables.secret}, or give it with --client-secret-stdin.`,
    );
  }
  return { clientId: visible(clientId, 'the client id'), clientSecret };
}

/** What goes into a header or an address: no line breaks, nothing invisible. */
function visible(text: string, what: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new CommandError(`${what} has characters in it that none has. Was it pasted whole?`);
}

function isInTheClear(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !/^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
