// Server, hosted pages: what a page template may ask about, under the vendor's names. Nothing about the person.
import type { Json, JsonObject, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Page } from './page.ts';
import { type Documents, part } from './theme.ts';

type Around = { tenant: TenantRecord; organization: OrganizationRecord | undefined; documents: Documents };

/** The variables of a template for one page. */
export function templateScope(
  page: Pick<Page, 'language' | 'application' | 'screen'>,
  { tenant, organization, documents }: Around,
): JsonObject {
  const { application, screen } = page;
  const shown = application && given({ id: application.id, name: application.name, logo_url: application.logo });
  return given({
    locale: page.language,
    application: shown,
    client: shown,
    prompt: screen && { name: screen.prompt, screen: { name: screen.name } },
    tenant: given({
      name: tenant.name,
      friendly_name: tenant.friendlyName ?? tenant.name,
      enabled_locales: tenant.enabledLocales,
      support_email: tenant.settings.support_email,
      support_url: tenant.settings.support_url,
    }),
    branding: given({
      logo_url: documents.branding.logo_url,
      colors: part(documents.branding, 'colors'),
    }),
    organization:
      organization &&
      given({
        id: organization.id,
        name: organization.name,
        display_name: organization.displayName ?? organization.name,
        metadata: { ...organization.metadata },
        branding: documents.organization,
      }),
  });
}

/** A page of a login for an organization, to try a template on. */
export const SAMPLE_SCOPE: JsonObject = {
  locale: 'en',
  application: { id: 'sample', name: 'Sample', logo_url: 'https://sample.example/logo.png' },
  client: { id: 'sample', name: 'Sample', logo_url: 'https://sample.example/logo.png' },
  prompt: { name: 'login', screen: { name: 'login' } },
  tenant: {
    name: 'sample',
    friendly_name: 'Sample',
    enabled_locales: ['en'],
    support_email: 'help@sample.example',
    support_url: 'https://sample.example/help',
  },
  branding: { logo_url: 'https://sample.example/logo.png', colors: { primary: '#3148c8', page_background: '#ffffff' } },
  organization: {
    id: 'org_sample',
    name: 'sample',
    display_name: 'Sample',
    metadata: {},
    branding: { logo_url: 'https://sample.example/logo.png', colors: { primary: '#3148c8' } },
  },
};

function given(all: { [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
