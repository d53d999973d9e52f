// Passwordless: the account of somebody who has shown that an address is theirs: the one that has it, or a new one, about
// which the tenant's scripts are asked first.
import type { ConnectionRecord, JsonObject, UserRecord } from '#storage/records.ts';
import type { Notice } from './codes.ts';
import { newUser } from './lifecycle/user.ts';
import type { TriggerStage } from './pipeline/run-trigger.ts';
import type { Ports } from './ports.ts';
import { throttleAddress } from './protection/throttle.ts';
import { type Applicant, askScripts, judgeRan, shape } from './register.ts';
import { noticeOf } from './sign-up.ts';
import type { LogDraft, WorkInput } from './transaction/input.ts';
import type { PasswordlessStrategy, Registration } from './transaction/transaction.ts';

type NewAccount = { ok: true; user: UserRecord; made: LogDraft } | { ok: false; refused: WorkInput };

/** A new account, not written yet, or why there is none. */
export async function newAccount(
  ports: Ports,
  stage: TriggerStage,
  applicant: Applicant,
  connection: ConnectionRecord & { strategy: PasswordlessStrategy },
  { address, account }: { address: string; account: string },
): Promise<NewAccount> {
  const { tenant, caller } = applicant;
  const said = { userName: address };
  const throttled = await throttleAddress(ports, tenant, 'pre-user-registration', caller.ip);
  if (!throttled.ok) {
    const { retryAfterSeconds, logs } = throttled;
    return {
      ok: false,
      refused: { kind: 'throttled', retryAfterSeconds, logs: logs.map((log) => ({ ...log, ...said })) },
    };
  }
  const own = connection.strategy === 'sms' ? { phoneNumber: address } : { email: address };
  const registration: Registration = { ...own, password: '', profile: {}, userMetadata: {}, extra: {} };
  const ran = await askScripts(ports, stage, applicant, connection, registration);
  const executions: JsonObject = ran.executions.length === 0 ? {} : { actions: { executions: ran.executions } };
  const refuse = (notice: Notice, description: string, more: JsonObject): NewAccount => {
    const details = { error: { message: description }, ...more };
    return { ok: false, refused: { kind: 'rejected', notice, logs: [{ type: 'fs', description, ...said, details }] } };
  };
  const judged = judgeRan(ran);
  if (!judged.ok) return refuse(noticeOf(judged.refusal), judged.text, { ...judged.details, ...executions });
  // What the scripts say about metadata counts for people with a password alone (Actions reference, §5).
  const { id = account } = shape(registration, judged.commands);
  const proved = connection.strategy === 'sms' ? { phoneVerified: true } : { emailVerified: true };
  const user = newUser(ports, connection, { ...own, ...proved, id });
  if (await ports.store.users.find(tenant.id, user.id)) {
    // Another login may have spent the code and made the account while the scripts ran here: the code is a used one then.
    const raced = await ports.store.users.findByIdentifier(tenant.id, connection.name, address);
    return refuse({ key: raced ? 'invalid-code' : 'authenticator-error' }, 'The user already exists.', executions);
  }
  const details = Object.keys(executions).length === 0 ? {} : { details: executions };
  return {
    ok: true,
    user,
    made: { type: 'ss', description: 'Successful sign-up', ...said, userId: user.id, ...details },
  };
}
