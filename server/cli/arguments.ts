// Server, command line: what was typed after the name of a command, read strictly. Whatever it cannot mean is wrong use.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Read<O extends Options> = ReturnType<typeof parseArgs<{ options: O; strict: true; allowPositionals: boolean }>>;

/** Throws `UsageError`. `positionals`: words without an option may stand there. */
export function readArguments<const O extends Options>(
  args: string[],
  options: O,
  { positionals = false }: { positionals?: boolean } = {},
): Read<O> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: positionals }) as Read<O>;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message);
  }
}
