// An account made outside of any login, as applications with a form of their own do: judged as on the login page, and
// written with its log line in one commit.
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import { deliverAfterwards } from './delivery/deliver-afterwards.ts';
import type { Messenger } from './delivery/delivery.ts';
import type { TriggerStage } from './pipeline/run-trigger.ts';
import type { Ports } from './ports.ts';
import { type Registered, register } from './register.ts';
import { tellOfRegistration } from './registered.ts';
import type { SignedUp, SignUpApplication, SignUpRefusal } from './runtime.ts';
import { welcomeMail } from './sign-up.ts';
import { type LogPlace, messagePlace, tenantLog } from './tenant-log.ts';
import type { Registration } from './transaction/transaction.ts';

export async function signUpApart(
  ports: Ports,
  stage: TriggerStage & { afterwards: Afterwards; messenger: Messenger },
  { tenant, client, connection: connectionName, caller, locale }: SignUpApplication,
  registration: Registration,
): Promise<SignedUp> {
  const { store, now } = ports;
  const connection = await store.connections.findByKey(tenant.id, connectionName);
  const { id: connectionId, strategy } = connection ?? {};
  const place: LogPlace = {
    tenantId: tenant.id,
    now: now(),
    random: ports.random,
    clientId: client.id,
    clientName: client.name,
    ip: caller.ip,
    hostname: new URL(tenant.baseUrl).host,
    ...(connectionId === undefined ? {} : { connection: connectionName, connectionId }),
    ...(strategy === undefined ? {} : { strategy, strategyType: 'database' }),
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
  };
  const write = async (made: Registered): Promise<boolean> => {
    const inserted: Change[] = made.ok
      ? [
          { kind: 'user.insert', user: made.user },
          ...(await welcomeMail(ports, tenant, made.connection, made.user, { locale, place: messagePlace(place) })),
        ]
      : [];
    const logs = made.log ? [tenantLog(made.log, { ...place, now: now() })] : [];
    const changes = [...inserted, ...logs.map((log): Change => ({ kind: 'log.insert', log }))];
    const written = (await store.commit(changes)).ok;
    if (written) deliverAfterwards(stage, tenant.id, changes);
    return written;
  };

  const made = await register(ports, stage, { tenant, client, caller, connectionName, place }, registration);
  if (!(await write(made))) {
    // Somebody else took the address between our look and our write.
    const description = 'The user already exists.';
    const userName = made.log?.userName;
    const refusal: SignUpRefusal = { kind: 'exists' };
    const log = { type: 'fs', description, ...(userName === undefined ? {} : { userName }) } as const;
    await write({ ok: false, refusal, log });
    return { ok: false, refusal };
  }
  if (!made.ok) return { ok: false, refusal: made.refusal };
  tellOfRegistration(ports, stage, { tenant, connection: made.connection, caller, logPlace: place }, made.user);
  return { ok: true, user: made.user };
}
