// Server: what has to be true before the first request: the default tenant, the operator's client, the demo tenant of an
// empty database. Safe to repeat at every start.
import type { Hono } from 'hono';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import type { Config } from './config.ts';
import { type DemoSummary, resumeDemo, seedDemo } from './demo/seed.ts';
import type { Deps, Env } from './deps.ts';

/** What a terminal is told about the demo tenant, where there is one. */
export async function boot(app: Hono<Env>, deps: Deps): Promise<DemoSummary | undefined> {
  const { config, store, clock, random } = deps;
  const isNew = await store.tenants.isEmpty();
  await ensureDefaultTenant(
    { store, random, now: clock.now },
    {
      name: config.tenantName,
      baseUrl: config.baseUrl,
      ...(config.admin ? { operator: config.admin } : {}),
    },
  );
  if (!config.demo) return undefined;
  return isNew ? seedDemo(app, deps) : resumeDemo(app, deps);
}

/** The lines of `npm start`, for people. */
export function describeStart(
  { baseUrl, dev }: Pick<Config, 'baseUrl' | 'dev'>,
  demo: DemoSummary | undefined,
): string {
  if (!demo) return `Sallyport answers at ${baseUrl}\n`;
  const people = demo.people.map(({ email, password, factors }) => `  ${email}  ${password}  (${factors})`);
  const lines = ['', 'Sallyport is running with its demo tenant.', ''];
  // Without development neither the start page nor the inbox exists.
  if (dev) lines.push(`Sign in:   ${demo.signInUrl}`, `Dev inbox: ${demo.inboxUrl}`, '');
  return [...lines, 'Demo users, with password and factors:', ...people, '', ''].join('\n');
}
