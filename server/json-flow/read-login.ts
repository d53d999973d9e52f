// Server, JSON flow: a login that is looked at and not moved, with what its policy makes of it.
import type { Context } from 'hono';
import { documentOf } from '#runtime/policies/document.ts';
import { judge } from '#runtime/policies/judge.ts';
import type { CounterDocument, Judged } from '#runtime/policies/policy.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { Deps, Env } from '../deps.ts';
import { missing, referTo } from './find-login.ts';
import { unknownLogin } from './refusals.ts';

export type Looked = { login: RestedLogin; document: CounterDocument; judged: Judged };

export async function lookAt(
  c: Context<Env>,
  deps: Deps,
): Promise<({ ok: true } & Looked) | { ok: false; answer: Response }> {
  const referred = await referTo(c, deps);
  if (!referred.ok) return referred;
  const { reference } = referred;
  const found = await deps.runtime.read(c.var.tenant, reference);
  if (!('shown' in found)) return { ok: false, answer: await missing(c, deps, reference, found.found) };
  const { login } = found.shown;
  // Its end was fetched: there is no such login any more.
  if (login.state.name === 'completed' && login.state.taken) {
    return { ok: false, answer: unknownLogin(c, reference.key) };
  }
  const document = await documentAround(deps, login);
  const policies = login.gate.kind === 'policy' ? login.gate.policies : [];
  return { ok: true, login, document, judged: judge(policies, document) };
}

async function documentAround({ store }: Pick<Deps, 'store'>, login: RestedLogin): Promise<CounterDocument> {
  const { subject, tenantId, draft, request } = login;
  if (subject.kind !== 'user') return documentOf(login);
  const [user, roles] = await Promise.all([
    draft ?? store.users.find(tenantId, subject.userId),
    store.assignments.effectiveRolesOf(tenantId, subject.userId, request.organizationId),
  ]);
  const names = roles.map(({ name }) => name);
  return user ? documentOf(login, user, names) : documentOf(login);
}
