// Server, development: the start page of the demo application: what will happen, and who can sign in.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { TenantRecord } from '#storage/records.ts';
import { DEMO_PEOPLE, type DemoPerson } from '../demo/people.ts';
import type { Deps, Env } from '../deps.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import { authenticatorCode } from './authenticator-code.ts';
import { findDemoApplication } from './demo-application.ts';

/** A demo user as the page shows them. `totpKey` is the key that is really enrolled. */
type Row = { person: DemoPerson; totpKey?: string };

export async function showTry(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant } = c.var;
  const ready = (await findDemoApplication(deps, tenant)) !== undefined;
  const rows = ready ? await demoRows(deps, tenant) : [];
  const scripts = deps.showcase?.scripts();
  return sendPage(c, {
    status: 200,
    language: 'en',
    title: 'Try a login',
    brand: tenant.friendlyName ?? tenant.name,
    wide: true,
    body: html`<h1>Try a login</h1>
${ready ? invitation(rows, deps.clock.now(), scripts) : MISSING}`,
  });
}

/** Demo users who still exist. */
async function demoRows({ store, showcase }: Deps, tenant: TenantRecord): Promise<Row[]> {
  const rows = await Promise.all(
    (showcase?.people() ?? DEMO_PEOPLE).map(async (person): Promise<Row[]> => {
      const { records } = await store.users.list(tenant.id, { email: person.email });
      const [user] = records;
      if (!user) return [];
      const authenticators = await store.authenticators.ofUser(tenant.id, user.id);
      const totpKey = authenticators.find(({ type }) => type === 'totp')?.secret;
      return [{ person, ...(totpKey === undefined ? {} : { totpKey }) }];
    }),
  );
  return rows.flat();
}

/** `scripts`: of somebody's own project; absent for the demo tenant, whose two are described. */
function invitation(rows: Row[], now: number, scripts: readonly string[] | undefined): Markup {
  return html`<p class="lead">${scripts ? OWN_LEAD : DEMO_LEAD} At the end you see the tokens that the application receives.</p>
<form method="get" action="/dev/try/start" class="row">
<button type="submit" name="prompt" value="login" autofocus>Sign in</button>
<a class="button quiet-button" href="/dev/try/start?prompt=login&amp;ui_locales=ja" lang="ja">日本語でログイン</a>
<a class="button quiet-button" href="/dev/inbox" target="_blank" rel="noopener">Open the inbox</a>
<a class="button quiet-button" href="/dev/logins">Logins</a>
<a class="button quiet-button" href="/u/account">Your account</a>
</form>
${rows.length === 0 ? '' : people(rows)}
${rows.map(({ person, totpKey }) => (totpKey === undefined ? '' : authenticatorApp(person, totpKey, now)))}
${scripts ? ownSteps(scripts) : DEMO_STEPS}`;
}

const OWN_LEAD =
  'You sign in to a demo application; the scripts of your project decide which further proofs you are asked for.';
const DEMO_LEAD =
  'You sign in to a demo application; two scripts of this tenant decide which further proofs you are asked for.';

const DEMO_STEPS = html`<h2>What happens</h2>
<ol>
<li>The first script asks whoever has a phone or an authenticator app for one of the two.</li>
<li>The second script looks at what was proven, and asks administrators who used the phone for their email too.</li>
<li>Codes that would be sent by SMS or email arrive in the <a href="/dev/inbox" target="_blank" rel="noopener">dev inbox</a>.</li>
<li>Everybody may add a security key, a passkey, a phone that approves sign-ins or another number under <a href="/u/account">Your account</a>.</li>
</ol>`;

function ownSteps(scripts: readonly string[]): Markup {
  return html`<h2>What happens</h2>
${scripts.length === 0 ? html`<p>No script is bound to the login: the password is enough. Name one under <code>bindings</code> in <code>sallyport.json</code>.</p>` : html`<ol>${scripts.map((name, index) => html`<li><code>${name}</code> runs ${index === 0 ? 'after the password' : 'when everything that was asked for before has been proven'}.</li>`)}</ol>`}
<p>A script that you save counts at the next login. Codes arrive in the <a href="/dev/inbox" target="_blank" rel="noopener">dev inbox</a>, and in the terminal.</p>`;
}

function people(rows: Row[]): Markup {
  return html`<h2>Who can sign in</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Email</th><th scope="col">Password</th><th scope="col">Further proofs</th></tr></thead>
<tbody>${rows.map(
    ({
      person,
    }) => html`<tr><th scope="row">${person.email}</th><td><code>${person.password}</code></td><td>${person.factors}</td></tr>
`,
  )}</tbody>
</table></div>`;
}

function authenticatorApp(person: DemoPerson, key: string, now: number): Markup {
  return html`<h2>${person.name}’s authenticator app</h2>
<p>It shows <strong><code>${authenticatorCode(key, now)}</code></strong> right now; reload the page for the next code. To use an app of your own, enter the key <code>${key}</code>.</p>`;
}

const MISSING = html`<p>There is no demo application in this tenant. It is made when the server starts on an empty database with <code>SALLYPORT_DEMO=1</code>, which <code>npm start</code> sets.</p>`;
