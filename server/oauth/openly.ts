// Server, protocol: what a tenant tells everybody, as its capabilities and its keys: for every page, for a little while.
import type { Context } from 'hono';
import type { Env } from '../deps.ts';

export function openly(c: Context<Env>, body: object): Response {
  c.header('cache-control', 'public, max-age=15');
  c.header('access-control-allow-origin', '*');
  return c.json(body);
}
