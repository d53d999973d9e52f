// Methods that triggers share, for a trigger whose `api` cannot be chained.

import type { ApiMethod } from './trigger.ts';

/** The same methods; those that would return the whole of `api` return nothing. */
export const unchained = (methods: readonly ApiMethod[]): ApiMethod[] =>
  methods.map((method) => (method.returns === 'api' ? { ...method, returns: 'nothing' } : method));
