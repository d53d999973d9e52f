// Test kit: cells that start with the first script. Most houses of the tests never run one, and two processes for each are
// most of what such a test costs.
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';

export function sandboxOnDemand(start: () => Sandbox): Sandbox {
  let started: Sandbox | undefined;
  const sandbox = (): Sandbox => {
    started ??= start();
    return started;
  };
  return {
    run: (request) => sandbox().run(request),
    prefetch: (tenantId, scripts, limits, trigger) => {
      if (scripts.length > 0) sandbox().prefetch(tenantId, scripts, limits, trigger);
    },
    expect: (tenantId, versionId) => sandbox().expect(tenantId, versionId),
    ready: () => sandbox().ready(),
    drain: async (graceMs) => started?.drain(graceMs),
  };
}
