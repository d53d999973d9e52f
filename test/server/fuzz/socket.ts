// The fuzz test: bytes over a socket, for what no client of HTTP would ever send.
import { connect } from 'node:net';

/** Who waits longer has sent less than it said it would. */
const PATIENCE_MS = 200;

/** The status that was answered; undefined where the server hung up or waits for more. */
export function sendBytes(port: number, bytes: Buffer): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  let answered = '';
  const end = () => {
    socket.destroy();
    const status = /^HTTP\/1\.1 (\d{3})/.exec(answered)?.[1];
    resolve(status === undefined ? undefined : Number(status));
  };
  socket.setTimeout(PATIENCE_MS, end);
  socket.on('data', (chunk) => {
    answered += chunk.toString('latin1');
  });
  socket.on('close', end);
  socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : end()));
  return promise;
}
