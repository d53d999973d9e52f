// Example programs: a web application with express-openid-connect in front of its pages.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import express from 'express';
import { auth, type BackchannelLogoutOptions, type ConfigParams } from 'express-openid-connect';

export type WebApplication = {
  /** Scheme, host and port of the tenant. */
  site: string;
  clientId: string;
  port: number;
  certFile: string;
  keyFile: string;
};

/** As the SDK does it by itself: an ID token that the person's browser posts. The client has the grant `implicit`. */
export function serveByIdToken(given: WebApplication) {
  return serve(given, {});
}

/** With a code, and the tokens that come of it. It hears of sessions that end elsewhere, at `/backchannel-logout`. */
export function serveByCode({ clientSecret, ...given }: WebApplication & { clientSecret: string }) {
  return serve(given, {
    clientSecret,
    authorizationParams: { response_type: 'code', scope: 'openid email offline_access' },
    backchannelLogout: { store: endedSessions() },
  });
}

async function serve({ site, clientId, port, certFile, keyFile }: WebApplication, more: ConfigParams) {
  const app = express();
  app.use(
    auth({
      issuerBaseURL: site,
      baseURL: `https://localhost:${port}`,
      clientID: clientId,
      secret: 'a secret of the application that seals its cookies',
      // Signing out here signs out at the tenant too.
      idpLogout: true,
      ...more,
    }),
  );
  app.get('/', async (request, response) => {
    const { oidc } = request;
    response.json({ claims: oidc.idTokenClaims, renewed: await renewed(oidc.accessToken) });
  });

  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  await new Promise<void>((resolve) => createServer(tls, app).listen(port, '127.0.0.1', resolve));
}

/** Where there is a refresh token. */
async function renewed(token: { refresh(): Promise<{ access_token: string }> } | undefined): Promise<boolean> {
  return token !== undefined && (await token.refresh()).access_token !== '';
}

/** What the tenant has told of, in memory: any store of express-session does. */
function endedSessions(): NonNullable<BackchannelLogoutOptions['store']> {
  const ended = new Map<string, Parameters<NonNullable<BackchannelLogoutOptions['store']>['set']>[1]>();
  return {
    get: (id, done) => done(null, ended.get(id)),
    set: (id, entry, done) => {
      ended.set(id, entry);
      done?.();
    },
    destroy: (id, done) => {
      ended.delete(id);
      done?.();
    },
  };
}
