// Server, protocol: which errors of a check mean that the token is bad. Every other error is a fault of ours and goes on.

/** jose's own errors, and what Node and WebCrypto throw at keys and texts that are none. */
export function meansBadToken(cause: unknown): boolean {
  if (cause instanceof TypeError || cause instanceof SyntaxError || cause instanceof DOMException) return true;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && /^ERR_J/.test(cause.code);
}
