// Tests: what is started once for a whole run and ended with it. Each line here costs every run its time.
import type { TestProject } from 'vitest/node';
import { startCluster } from './kit/postgres.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  project.provide('postgres', cluster.url);
  return () => cluster.stop();
}
