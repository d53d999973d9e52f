// Server, hosted pages: how a tenant's pages look, read fresh for every page, so that a change is served with the next one.
// Colours come as a stylesheet of the tenant's own, whose address changes with its text.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { JsonObject, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { Page, Parts } from './page.ts';
import { type Compiled, compile, type Framed, render, TemplateFault } from './page-template.ts';
import { templateScope } from './template-scope.ts';
import { directionOf } from './texts/catalogue.ts';
import { choicesIn, type Documents, part } from './theme.ts';
import { sheetText } from './theme-sheet.ts';

/** `none`: the tenant wants none. */
export type Logo = { url: string } | 'none';

export type Look = {
  /** The tenant's stylesheet. */
  sheet?: { path: string; text: string };
  logo?: Logo;
  favicon?: string;
  /** Sources of the pictures above, for the content security policy. */
  images?: string[];
  template?: PageTemplate;
};

export type PageTemplate = {
  /** The page in the tenant's frame; undefined when its template failed, which the tenant reads in its log. */
  frame(page: Page, parts: Parts): Promise<Framed | undefined>;
};

/** @param organization that a login is for: its choices come before the tenant's. */
export type LookOf = (organization?: OrganizationRecord) => Promise<Look>;

type Ports = Pick<Deps, 'store' | 'clock' | 'random'>;

export function looksOf(deps: Ports, tenant: TenantRecord): LookOf {
  return async (organization) => {
    const { pages } = deps.store;
    const [theme, template] = await Promise.all([
      pages.findByKey(tenant.id, THEME_KEY),
      pages.findByKey(tenant.id, TEMPLATE_KEY),
    ]);
    const documents: Documents = {
      branding: tenant.branding ?? {},
      theme: theme?.document ?? {},
      organization: organization ? part(organization.settings, 'branding') : {},
    };
    const sheet = sheetOf(documents);
    const [logo, favicon] = [logoIn(documents), pictureIn(documents.branding.favicon_url)];
    const images = [typeof logo === 'object' ? logo.url : undefined, favicon]
      .map(origin)
      .filter((each) => each !== undefined);
    const path = sheet.text === '' ? undefined : sheetPath(sheet.text, organization);
    return {
      ...(path === undefined ? {} : { sheet: { path, text: sheet.text } }),
      ...(logo === undefined ? {} : { logo }),
      ...(favicon === undefined ? {} : { favicon }),
      images,
      ...(template
        ? {
            template: pageTemplate(deps, {
              id: template.id,
              version: template.updatedAt,
              source: String(template.document.body),
              scope: (page) => templateScope(page, { tenant, organization, documents }),
              tenantId: tenant.id,
            }),
          }
        : {}),
    };
  };
}

/** Keys in `store.pages`: a tenant has one theme and one template. */
export const THEME_KEY = 'theme default';
export const TEMPLATE_KEY = 'template universal-login';

/** Sheets that were made, by what they were made of: making one is a little work, and every page needs it. */
const sheets = new Map<string, { text: string }>();
const SHEETS_KEPT = 500;

function sheetOf(documents: Documents): { text: string } {
  return remember(sheets, JSON.stringify(documents), SHEETS_KEPT, () => ({ text: sheetText(choicesIn(documents)) }));
}

/** What was made before, or is made now; of many the one that was made first is forgotten. */
function remember<T>(kept: Map<string, T>, key: string, most: number, make: () => T): T {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  for (const first of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(first);
  }
  return made;
}

function sheetPath(text: string, organization: OrganizationRecord | undefined): string {
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `/u/theme-${version}.css${organization ? `?organization=${encodeURIComponent(organization.id)}` : ''}`;
}

/**
 * `GET /u/theme-<hash>.css`: under its own address it never changes. One that was changed since the page was made answers
 * with what holds now.
 */
export async function sheetResponse(c: Context<Env>, { store }: Pick<Deps, 'store'>): Promise<Response> {
  const id = c.req.query('organization');
  const organization = id === undefined ? undefined : await store.organizations.find(c.var.tenant.id, id);
  const { sheet } = (await c.var.lookOf?.(organization)) ?? {};
  const isAsked = sheet?.path.split('?', 1)[0] === c.req.path;
  return new Response(sheet?.text ?? '', {
    headers: {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': isAsked ? 'public, max-age=31536000, immutable' : 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

function logoIn({ branding, theme, organization }: Documents): Logo | undefined {
  const own = pictureIn(organization.logo_url);
  const widget = part(theme, 'widget');
  if (!own && widget.logo_position === 'none') return 'none';
  const url = own ?? pictureIn(widget.logo_url) ?? pictureIn(branding.logo_url);
  return url === undefined ? undefined : { url };
}

/** An address of the web, normalized; anything else is none. */
function pictureIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, href } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** A source for the policy. Nothing of an address may end the directive. */
function origin(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const found = new URL(address).origin;
  return /^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(found) ? found : undefined;
}

type StoredTemplate = {
  id: string;
  tenantId: string;
  /** Changes with the source. */
  version: number;
  source: string;
  scope(page: Page): JsonObject;
};

const compiled = new Map<string, Compiled>();
const TEMPLATES_KEPT = 100;
/** How long a template that fails is not written about again. */
const LOG_EVERY_MS = 24 * 60 * 60 * 1000;

function pageTemplate(deps: Ports, stored: StoredTemplate): PageTemplate {
  return {
    async frame(page, parts) {
      const [head, widget] = await Promise.all([parts.head, parts.widget]);
      try {
        const read = remember(compiled, stored.source, TEMPLATES_KEPT, () => compile(stored.source));
        const html = { language: page.language, direction: directionOf(page.language) };
        return render(read, stored.scope(page), { head: `${head}`, widget: `${widget}` }, html);
      } catch (fault) {
        if (!(fault instanceof TemplateFault)) throw fault;
        await writeLog(deps, stored, fault);
        return undefined;
      }
    },
  };
}

async function writeLog(
  { store, clock, random }: Ports,
  { id, version, tenantId }: StoredTemplate,
  fault: TemplateFault,
) {
  const now = clock.now();
  const isNews = await store.once(tenantId, `page-template ${id} ${version}`, now + LOG_EVERY_MS, now);
  if (!isNews) return;
  const description = `The page template failed, and the page was shown without it: ${fault.message}`;
  await store.commit([{ kind: 'log.insert', log: tenantLog({ type: 'w', description }, { tenantId, now, random }) }]);
}
