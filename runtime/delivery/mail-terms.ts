// Delivery: what a tenant's templates decide before a mail is written: whether there is one, and how long its link is good.
// Whoever writes such a mail asks here first.
import type { MessageAbout, MessageKind, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { LiquidFault, renderLiquid } from './liquid.ts';
import { mailScope } from './mail-scope.ts';
import { textIn } from './mail-settings.ts';
import { mailTemplateOf } from './mail-templates.ts';

/** `resultUrl`: where the person goes afterwards, http or https. */
export type LinkTerms = { resultUrl?: string; lifetimeMs?: number; includesEmail?: boolean };

/** @param to whom the mail goes to. */
export async function linkTermsOf(
  ports: Pick<Ports, 'store' | 'geography'>,
  tenant: TenantRecord,
  to: string,
  about: MessageAbout,
): Promise<LinkTerms> {
  const document = (await mailTemplateOf(ports, tenant.id, about.kind))?.document;
  if (!document) return {};
  const { urlLifetimeInSeconds: seconds, includeEmailInRedirect: includesEmail } = document;
  const written = textIn(document, 'resultUrl');
  const resultUrl = written === '' ? undefined : await addressFrom(written);
  return {
    ...(resultUrl === undefined ? {} : { resultUrl }),
    ...(typeof seconds === 'number' && seconds > 0 ? { lifetimeMs: seconds * 1000 } : {}),
    ...(typeof includesEmail === 'boolean' ? { includesEmail } : {}),
  };

  /** Undefined where the template makes no web address: the person then stays on our page, and the mail still goes. */
  async function addressFrom(template: string): Promise<string | undefined> {
    const message = { id: '', tenantId: tenant.id, channel: 'email', to, text: '', about, ...UNWRITTEN } as const;
    try {
      const address = renderLiquid(template, await mailScope(ports, tenant, message), 'text').trim();
      return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : undefined;
    } catch (fault) {
      if (fault instanceof LiquidFault) return undefined;
      throw fault;
    }
  }
}

/** Whether the tenant has written a mail of this kind, and has it switched on. */
export async function hasMailTemplate(
  ports: Pick<Ports, 'store'>,
  tenantId: string,
  kind: MessageKind,
): Promise<boolean> {
  return (await mailTemplateOf(ports, tenantId, kind)) !== undefined;
}

/** There is no message yet. */
const UNWRITTEN = { state: 'pending', attempts: 0, at: 0, expiresAt: 0 } as const;
