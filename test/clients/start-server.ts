// Test: the real process, over https, with a certificate of a private authority, ready for clients.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { freePort } from '#test/kit/free-port.ts';
import type { Certificate } from '#test/kit/tls.ts';

/** The client that sets the tenant up. */
export const OPERATOR = { client_id: 'operator', client_secret: 'the operator of these tests' };

const READY_POLLS = 600;

export type StartedServer = {
  port: number;
  /** Throws when the server met a fault: whatever a client sends, no answer of ours may be one. */
  close(): Promise<void>;
};

/** An empty tenant in memory. @param env more of it. */
export async function startServer(certificate: Certificate, env: NodeJS.ProcessEnv = {}): Promise<StartedServer> {
  const port = await freePort();
  let output = '';
  const server = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      DATABASE_URL: 'sqlite::memory:',
      SALLYPORT_TLS_CERT: certificate.certFile,
      SALLYPORT_TLS_KEY: certificate.keyFile,
      SALLYPORT_DEV: '1',
      SALLYPORT_ADMIN_CLIENT_ID: OPERATOR.client_id,
      SALLYPORT_ADMIN_CLIENT_SECRET: OPERATOR.client_secret,
      NODE_EXTRA_CA_CERTS: certificate.caFile,
      ...env,
    },
  });
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += chunk));
  const close = async (): Promise<void> => {
    if (server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    const faults = output.split('\n').filter((line) => line.includes('"level":"error"'));
    if (faults.length > 0) throw new Error(`the server of the clients met faults:\n${faults.join('\n')}`);
  };

  const dispatcher = new Agent({ connect: { ca: await readFile(certificate.caFile, 'utf8') } });
  for (let poll = 0; ; poll += 1) {
    const answer = await fetch(`https://localhost:${port}/readyz`, { dispatcher }).catch(() => undefined);
    if (answer?.status === 200) break;
    if (server.exitCode !== null || poll > READY_POLLS) {
      await close();
      throw new Error(`the server of the clients does not serve: ${output}`);
    }
    await sleep(50);
  }
  await dispatcher.close();
  return { port, close };
}
