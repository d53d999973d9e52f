// Server, deploy: the scopes that a deployment needs: some to look, some to write.
import type { Change } from './changes.ts';
import type { Wanted } from './wanted.ts';

const names = (record: object): boolean => Object.keys(record).length > 0;

export const readScopes = ({ factors, settings }: Wanted): string[] => [
  ...(names(factors) ? ['read:guardian_factors'] : []),
  ...(names(settings) ? ['read:tenant_settings'] : []),
];

/** A deployment counts as a creation: it makes a version. */
export function writeScopes(changes: readonly Change[]): string[] {
  return [...new Set(changes.flatMap(scopesOf))];
}

function scopesOf(change: Change): string[] {
  switch (change.what) {
    case 'action':
      return change.change === 'update' ? ['create:actions', 'update:actions'] : ['create:actions'];
    case 'module':
      return change.change === 'create' ? ['create:actions', 'update:actions'] : ['update:actions'];
    case 'removal':
      return ['delete:actions'];
    case 'bindings':
      return ['update:actions'];
    case 'factor':
      return ['update:guardian_factors'];
    case 'setting':
      return ['update:tenant_settings'];
  }
}
