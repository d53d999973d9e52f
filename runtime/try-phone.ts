// A message by which an administrator tries out what carries phone messages, or a template for them: with a code that opens
// nothing. Nobody waits for it; what became of it stands with all other messages.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import { codeText, spell } from './delivery/code-texts.ts';
import { deliverAfterwards } from './delivery/deliver-afterwards.ts';
import type { Messenger } from './delivery/delivery.ts';
import type { Ports } from './ports.ts';
import type { PhoneTrial } from './trial.ts';

/** As long as a code is good. */
const LIFETIME_MS = 5 * 60_000;
const DIGITS = 6;

export async function tryPhone(
  { store, now, random }: Pick<Ports, 'store' | 'now' | 'random'>,
  stage: { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  tenant: TenantRecord,
  { to, channel, type, caller }: PhoneTrial,
): Promise<void> {
  const { ip, method, userAgent, language } = caller;
  const locale = tenant.enabledLocales[0] ?? 'en';
  const code = random.digits(DIGITS);
  const shown = channel === 'voice' ? spell(code) : code;
  const at = now();
  const message: MessageRecord = {
    tenantId: tenant.id,
    id: random.uuid(),
    channel,
    to,
    text: codeText(tenant.friendlyName ?? tenant.name, shown, { locale, kind: 'second-factor' }),
    code,
    about: {
      kind: 'try-provider',
      locale,
      values: { type },
      place: { ip, ...(userAgent === undefined ? {} : { userAgent }) },
      origin: { method },
      ...(language === undefined ? {} : { language }),
    },
    state: 'pending',
    attempts: 0,
    at,
    expiresAt: at + LIFETIME_MS,
  };
  const changes: Change[] = [{ kind: 'message.insert', message }];
  const written = await store.commit(changes);
  if (!written.ok) throw new Error(`a message to try out was not written: ${written.failed.kind}`);
  deliverAfterwards(stage, tenant.id, changes);
}
