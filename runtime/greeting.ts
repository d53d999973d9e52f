// The mail that greets somebody who has an account with an address that is theirs. It goes only where the tenant has written
// one: nobody is greeted by default.
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { welcomeMessage } from './delivery/compose.ts';
import { hasMailTemplate } from './delivery/mail-terms.ts';
import type { MailSetting } from './mail-setting.ts';
import type { Ports } from './ports.ts';

const LIFETIME_MS = 24 * 60 * 60_000;

export async function greeting(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  tenant: TenantRecord,
  { id: userId, email: to }: Pick<UserRecord, 'id' | 'email'>,
  { locale, place }: MailSetting,
): Promise<Change[]> {
  if (to === undefined || !(await hasMailTemplate(ports, tenant.id, 'welcome'))) return [];
  const at = ports.now();
  const message = welcomeMessage({
    id: ports.random.uuid(),
    tenant,
    to,
    locale,
    place: { userId, userName: to, ...place },
    at,
    expiresAt: at + LIFETIME_MS,
  });
  return [{ kind: 'message.insert', message }];
}
