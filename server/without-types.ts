// Server: TypeScript with spaces in place of its types, so that every place stays where it was.
import { stripTypeScriptTypes } from 'node:module';

/**
 * Throws where types are more than that: an enum, a namespace, a parameter property. Node calls its function an experiment, on
 * the screen of whoever runs us; which Node it is, is pinned, and nobody there can do anything about it.
 */
export function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' });
  } finally {
    process.emitWarning = emitWarning;
  }
}
