// Server: how a value of the environment is shown to whoever starts the process: on one line, not too long, and without
// the passwords that addresses carry.

/** Shown with its quotes; long values are cut, and control characters cannot break the line. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}

/** An address may carry a password; what stands before the last `@` is not shown. */
export function withoutPassword(value: string): string {
  return quote(
    value.replace(/^([a-z][a-z0-9+.-]*:(?:\/\/)?)?.*@/is, '$1***@').replace(/([?&]password=)[^&]*/gi, '$1***'),
  );
}
