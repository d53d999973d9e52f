// Server, hosted pages: finds out how a page speaks: the language, the names, and what the tenant wrote. Read fresh for
// every page, so that a text that was changed is served at once.
import type { Context } from 'hono';
import type { Notice } from '#runtime/codes.ts';
import type { OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Env } from '../deps.ts';
import { chooseLanguage, spoken } from './language.ts';
import type { Page } from './page.ts';
import { type CustomTexts, pageTitle, type Voice } from './speak.ts';
import type { Language } from './texts/catalogue.ts';
import type { Prompt, ScreenName } from './texts/texts.ts';

/** What is known of the person's way here. */
type Way = {
  /** The language of the login; without one, `ui_locales` and the browser say it. */
  locale?: string;
  /** The application, as people know it; without one the page speaks for the tenant itself. */
  clientName?: string;
  organization?: OrganizationRecord;
};

/** How a page that shows no screen of a login speaks. */
export async function voiceAt(c: Context<Env>, at: ScreenName, way: Way = {}): Promise<Voice> {
  const voice = plainVoice(c, at, way);
  if (!c.var.pageStore) return voice;
  return { ...voice, custom: await customTexts(c.var.pageStore, c.var.tenant, voice.language, [at.prompt]) };
}

/** The same without the tenant's own texts: nothing is read, so that it works when nothing else does. */
export function plainVoice(c: Context<Env>, at: ScreenName, way: Way = {}): Voice {
  const { locale, clientName, organization } = way;
  const companyName = companyOf(c.var.tenant, organization);
  return {
    language: locale === undefined ? wantedLanguage(c) : (spoken(locale) ?? 'en'),
    at,
    custom: { [at.prompt]: {}, common: {} },
    names: { clientName: clientName ?? companyName, companyName },
  };
}

/** The language that the address of the page, or the browser, asks for. */
export function wantedLanguage(c: Context<Env>, uiLocales = c.req.query('ui_locales')): Language {
  const wanted = uiLocales?.slice(0, 200).split(' ') ?? [];
  return chooseLanguage(c.var.tenant.enabledLocales, wanted, c.req.header('accept-language'));
}

/** Whom the person deals with: the organization that a login is for, otherwise the tenant. */
function companyOf(tenant: TenantRecord, organization: OrganizationRecord | undefined): string {
  return organization?.displayName ?? organization?.name ?? tenant.friendlyName ?? tenant.name;
}

/** What the tenant wrote for some prompts, and for what all pages say. */
export async function customTexts(
  { pages }: Pick<Store, 'pages'>,
  { id, enabledLocales }: TenantRecord,
  language: Language,
  prompts: readonly Prompt[],
): Promise<CustomTexts> {
  // A tenant that offers `pt-BR` writes its texts for that: they come before those for the language as a whole.
  const tags = new Set([...enabledLocales.filter((tag) => spoken(tag) === language), language]);
  const read = [...new Set<Prompt>([...prompts, 'common'])].map(async (prompt) => {
    const found = await Promise.all([...tags].map((tag) => pages.findByKey(id, `custom-text ${prompt} ${tag}`)));
    return [prompt, merge(found.map((page) => (page?.document ?? {}) as CustomTexts[string]))] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** Of documents that have the same text, the first one says it. */
function merge([first = {}, ...others]: CustomTexts[string][]): CustomTexts[string] {
  if (others.length === 0) return first;
  const rest = merge(others);
  const screens = Object.keys({ ...rest, ...first });
  return Object.fromEntries(screens.map((screen) => [screen, { ...rest[screen], ...first[screen] }]));
}

/**
 * What the frame of a page is told of the voice on it.
 * @param notice the refusal that the page tells of.
 * @param title instead of the screen's own.
 */
export function spokenBy(
  voice: Voice,
  notice?: Notice,
  title?: string,
): Pick<Page, 'language' | 'title' | 'brand' | 'screen'> {
  const { prompt, name } = voice.at;
  return {
    language: voice.language,
    title: pageTitle(voice, notice, title),
    brand: voice.names.companyName,
    screen: { prompt, name },
  };
}
