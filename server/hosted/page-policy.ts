// Server, hosted pages: what the browser may do with a page, said in its headers. A closed list: a page names what it
// needs, and whatever it does not name is refused. No inline script runs anywhere, and no script of another origin.
import type { Context } from 'hono';

export type Permissions = {
  /** Sources that answers to this page's form may lead to, beside our own origin. */
  formTargets?: readonly string[] | 'any';
  /** Sources of pictures beside our own origin. */
  images?: readonly string[];
  /** Addresses of scripts of ours (assets.ts). */
  scripts?: readonly string[];
  /** Its scripts may call our own origin. */
  connects?: true;
  /** It frames pages of our own origin. */
  frames?: true;
  /** Its scripts may register a service worker of our own origin. */
  workers?: true;
  /** The address of its web app manifest, on our own origin. */
  manifest?: string;
};

/**
 * The headers that every page and every redirect between pages carries.
 * @param permissions undefined for a redirect.
 * @param styles inline stylesheets, which a browser takes by their hash alone.
 */
export function protect(c: Context, permissions?: Permissions, styles: readonly string[] = []): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  if (permissions) c.header('content-security-policy', policy(permissions, styles));
}

const PAGE_HEADERS = {
  'cache-control': 'no-store',
  // The address holds the handle of the login: no other site may learn it.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // For browsers that do not know `frame-ancestors`.
  'x-frame-options': 'DENY',
} as const;

/** Browsers apply `form-action` to every redirect that follows a form, the one to the application included. */
function policy(
  { formTargets = [], images = [], scripts = [], connects, frames, workers, manifest }: Permissions,
  styles: readonly string[],
): string {
  return [
    "default-src 'none'",
    ["style-src 'self'", ...styles.map((hash) => `'sha256-${hash}'`)].join(' '),
    ["img-src 'self' data:", ...new Set(images)].join(' '),
    ...(scripts.length > 0 ? ["script-src 'self'"] : []),
    ...(connects ? ["connect-src 'self'"] : []),
    ...(frames ? ["frame-src 'self'"] : []),
    ...(workers ? ["worker-src 'self'"] : []),
    ...(manifest === undefined ? [] : ["manifest-src 'self'"]),
    ...(formTargets === 'any' ? [] : [["form-action 'self'", ...formTargets].join(' ')]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
