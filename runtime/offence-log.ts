// What a tenant is told when one of its scripts is put into quarantine: a warning in its log. Its logins go on, and the
// script keeps its place in them.
import { isApart } from './apart.ts';
import type { Ports } from './ports.ts';
import type { Offence } from './sandbox/sandbox.ts';
import { tenantLog } from './tenant-log.ts';

const REASONS: { readonly [Kind in Offence['kind']]: string } = {
  slow: 'used more CPU time at a stretch than other logins can wait for',
  ended: 'made the process that ran it end, or had it ended',
  repeated: 'did so again, and all scripts of this tenant now share its fate',
};

function describe({ kind, fileName }: Offence): string {
  const script = fileName === undefined ? 'A script' : `The script ${fileName}`;
  return `${script} ${REASONS[kind]}: for ten minutes it runs in quarantine, one run at a time. Its logins go on.`;
}

/** A log line that cannot be written is the operator's to know: no login waits for it. */
export function createOffenceLog({ store, now, random, log }: Pick<Ports, 'store' | 'now' | 'random' | 'log'>) {
  return (offence: Offence): void => {
    const { kind, tenantId, versionId, fileName } = offence;
    // No login runs it, and whoever runs it sees how it ended.
    if (isApart(tenantId)) return;
    const details = {
      quarantine: kind,
      version_id: versionId,
      ...(fileName === undefined ? {} : { file_name: fileName }),
    };
    const line = tenantLog({ type: 'w', description: describe(offence), details }, { tenantId, now: now(), random });
    store.commit([{ kind: 'log.insert', log: line }]).catch((error: unknown) => {
      log.warn({ tenantId, error: String(error) }, 'a quarantine was not logged');
    });
  };
}
