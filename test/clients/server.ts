// Test: what the clients of the suite talk to, started once a run: the real process, over https, with a certificate of a
// private authority.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Certificate, makeCertificate } from '#test/kit/tls.ts';
import { startServer } from './start-server.ts';

/** A name that nothing but the certificate knows. */
export const SECOND_HOST = 'tenant.sallyport.test';

export type ClientsServer = Certificate & { port: number };

declare module 'vitest' {
  interface ProvidedContext {
    clientsServer: ClientsServer;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-clients-'));
  const certificate = await makeCertificate(folder, [SECOND_HOST]);
  // It calls clients that want to hear of the end of a session.
  const server = await startServer(certificate, { SALLYPORT_EGRESS_ALLOW: 'localhost' });
  project.provide('clientsServer', { ...certificate, port: server.port });
  return async () => {
    await rm(folder, { recursive: true, force: true });
    await server.close();
  };
}
