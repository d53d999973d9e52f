// Server: what is limited per address, by the names that operators know, and how the environment says so.

/** Requests per minute that one address may make at a tenant. They may come all at once. */
export type RateLimits = {
  /** `/oauth/*`, `/mfa/*`, `/userinfo` and the calls of the JSON flow; and, counted apart, what phones say below `/push/api`. */
  token: number;
  /** `/authorize` and `/v1/authorizations`, where logins begin. */
  authorize: number;
  /** Forms below `/u`; and, counted apart, `/v2/logout` with `/oidc/logout`. */
  pages: number;
  /** `/dbconnections/*`. */
  database: number;
  /** `/api/v2/*` and the rest of `/v1/*`. */
  management: number;
};

const DEFAULTS: Readonly<RateLimits> = Object.freeze({
  token: 30_000,
  authorize: 6000,
  pages: 6000,
  database: 600,
  management: 30_000,
});

const MOST = 1_000_000_000;

export const RATE_LIMIT_NAMES = Object.keys(DEFAULTS) as (keyof RateLimits)[];

export type ReadRateLimits = { ok: true; limits: Readonly<RateLimits> | 'off' } | { ok: false; entry: string };

/** `token=1000,pages=300`, or `off`: what is not named keeps its default. */
export function readRateLimits(value: string | undefined): ReadRateLimits {
  if (value?.trim() === 'off') return { ok: true, limits: 'off' };
  const limits = { ...DEFAULTS };
  for (const entry of value?.split(',') ?? []) {
    const [given, figure = ''] = entry.split('=').map((part) => part.trim());
    const name = RATE_LIMIT_NAMES.find((known) => known === given);
    const number = /^\d{1,10}$/.test(figure) ? Number(figure) : Number.NaN;
    if (name === undefined || !(number >= 1 && number <= MOST)) return { ok: false, entry };
    limits[name] = number;
  }
  return { ok: true, limits: Object.freeze(limits) };
}
