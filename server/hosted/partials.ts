// Server, hosted pages: pieces of a tenant's own in our pages, in Liquid, each at one of six places around the fields. Like a
// page template a piece shows names escaped and runs no script; it may bring fields, and may not end or hide our form.
import { html, raw } from 'hono/html';
import { boundedLiquid } from '#runtime/bounded-liquid.ts';
import type { JsonObject, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Markup, Page } from './page.ts';
import { endsInPlainSight } from './page-template.ts';
import { SAMPLE_SCOPE, templateScope } from './template-scope.ts';
import { part } from './theme.ts';

/** Prompts that may have pieces: the wire's. Those of pages that we do not have are kept only. */
export const PARTIAL_PROMPTS = [
  ...(['login', 'login-id', 'login-password', 'login-passwordless', 'signup', 'signup-id', 'signup-password'] as const),
  ...(['customized-consent', 'passkeys', 'confirmation'] as const),
] as const;

/** `form-content` is of pages that we do not have. */
export const PARTIAL_PLACES = [
  ...(['form-content-start', 'form-content', 'form-content-end', 'form-footer-start', 'form-footer-end'] as const),
  ...(['secondary-actions-start', 'secondary-actions-end'] as const),
] as const;
type Place = (typeof PARTIAL_PLACES)[number];

/** The screens of ours that have the places. */
const SCREENS: ReadonlySet<string> = new Set([
  'login',
  'signup',
  'login-passwordless-email-code',
  'login-passwordless-sms-otp',
]);

/** The pieces of one page. */
export type Partials = { readonly [At in Place]?: Markup };

/** A piece that cannot be shown; the message is for its author. */
export class PartialFault extends Error {}

/** Characters that a piece may become. */
const OUTPUT_LIMIT = 50_000;
/** For all pieces of a page together: everybody else waits meanwhile. */
const TIME_LIMIT_MS = 250;

const engine = boundedLiquid({ outputEscape: 'escape' });

/** Shows a piece on a page that has everything, and on one that has next to nothing. @throws PartialFault */
export function tryPartial(source: string): void {
  for (const scope of [SAMPLE_SCOPE, { locale: 'en' }]) render(source, scope, TIME_LIMIT_MS);
}

function render(source: string, scope: JsonObject, milliseconds: number): string {
  const text = shown(source, scope, milliseconds);
  if (text.length > OUTPUT_LIMIT) throw new PartialFault(`The piece is longer than ${OUTPUT_LIMIT} characters.`);
  if (/<\/?form\b/i.test(text))
    throw new PartialFault('The piece stands in a form, and can neither begin nor end one.');
  if (!endsInPlainSight(text))
    throw new PartialFault('The piece hides what follows it: something in it is not closed.');
  return text;
}

/** Whatever Liquid does not like is the author's business. */
function shown(source: string, scope: JsonObject, renderLimit: number): string {
  try {
    return String(engine.parseAndRenderSync(source, scope, { renderLimit }));
  } catch (fault) {
    const [line = ''] = fault instanceof Error ? fault.message.split('\n') : [];
    throw new PartialFault(line.slice(0, 300) || 'The piece cannot be read.');
  }
}

type Around = {
  tenant: TenantRecord;
  organization: OrganizationRecord | undefined;
  page: Pick<Page, 'language' | 'application'>;
};

/** What a screen's page shows of the tenant's own; one that fails there is left out. Read fresh, like every text. */
export async function partialsOf(
  { pages }: Pick<Store, 'pages'>,
  screen: { prompt: string; name: string },
  { tenant, organization, page }: Around,
): Promise<Partials> {
  if (!SCREENS.has(screen.name)) return {};
  const kept = await pages.findByKey(tenant.id, `partials ${screen.prompt}`);
  const pieces = kept?.document[screen.name];
  if (typeof pieces !== 'object' || pieces === null) return {};
  const documents = {
    branding: tenant.branding ?? {},
    theme: {},
    organization: organization ? part(organization.settings, 'branding') : {},
  };
  const scope = templateScope({ ...page, screen }, { tenant, organization, documents });
  const until = performance.now() + TIME_LIMIT_MS;
  return Object.fromEntries(Object.entries(pieces).map(([at, source]) => [at, attempt(String(source), scope, until)]));
}

function attempt(source: string, scope: JsonObject, until: number): Markup {
  try {
    return raw(render(source, scope, until - performance.now()));
  } catch (fault) {
    if (fault instanceof PartialFault) return html``;
    throw fault;
  }
}

/** The tenant's own piece at a place of the page. */
export const placed = ({ partials }: { partials?: Partials }, at: Place): Markup | '' => partials?.[at] ?? '';
