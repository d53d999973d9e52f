// Test: an example program in a process of its own, where only NODE_EXTRA_CA_CERTS tells it about the private authority.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { authenticatorCode } from '#server/dev/authenticator-code.ts';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import type { Landing, ReadCode } from './programs/application.ts';
import type { Said, Told } from './programs/run.ts';
import { caFile, codeFor } from './site.ts';

/** What a client threw, as far as it can be told to another process. */
class ClientError extends Error {
  readonly told: Extract<Said, { failed: unknown }>['failed'];
  constructor(told: ClientError['told']) {
    super(`${told.name}: ${told.message} ${JSON.stringify(told)}`);
    this.told = told;
  }
}

export type Program<Examples> = {
  /** Runs an example. Throws `ClientError` when it throws. */
  run<Name extends keyof Examples & string>(
    name: Name,
    given: Examples[Name] extends (given: infer Given, ...rest: never[]) => unknown ? Given : never,
  ): Promise<Examples[Name] extends (...given: never[]) => Promise<infer Result> ? Result : never>;
  close(): Promise<void>;
};

const PROGRAMS = new URL('./programs/', import.meta.url);

/** @param signIn does what the person does when an example wants a browser opened. */
export function openProgram<Examples>(file: string, signIn?: (address: string) => Promise<Landing>): Program<Examples> {
  const child = fork(fileURLToPath(new URL('run.ts', PROGRAMS)), [new URL(file, PROGRAMS).href], {
    env: { ...CHILD_ENV, NODE_EXTRA_CA_CERTS: caFile },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let runs = 0;
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const tell = (told: Told) => child.send(told);
  child.on('message', async (said: Said) => {
    const run = waiting.get(said.id);
    if ('result' in said) run?.resolve(said.result);
    else if ('failed' in said) run?.reject(new ClientError(said.failed));
    else {
      try {
        if ('open' in said && !signIn) throw new Error(`${file} has no browser`);
        const done = 'open' in said ? await signIn?.(said.open) : await readCode(said.read);
        if (done !== undefined) tell({ id: said.id, done });
      } catch (error) {
        run?.reject(error as Error);
      }
    }
  });
  child.on('exit', (code) => {
    for (const run of waiting.values()) run.reject(new Error(`${file} ended with ${code}`));
  });
  return {
    run: (name, given) =>
      new Promise((resolve, reject) => {
        runs += 1;
        waiting.set(runs, { resolve: resolve as (result: unknown) => void, reject });
        tell({ id: runs, example: name, given });
      }),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

const readCode: ReadCode = async (from) => ('to' in from ? codeFor(from.to) : authenticatorCode(from.key, Date.now()));
