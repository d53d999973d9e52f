// Benchmarks, protocol: what both servers are told, and what each says of itself when it listens.

/** By IPC, once it listens. */
export type Listening = {
  port: number;
  /** The Host that its addresses are written with. */
  host: string;
  paths: { authorize: string; token: string };
  /** Asks for access tokens of the API: each has its own word for it. */
  resource: Record<string, string>;
};

export const CLIENT = { client_id: 'bench', client_secret: 'a secret of the benchmark' };
export const CALLBACK = 'https://app.example/callback';
export const API = 'https://api.example/';
export const VERIFIER = 'a'.repeat(43);
export const CHALLENGE = 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA';
