// Server, deploy: whether a version of a package is one that was asked for. It errs towards no change: what it cannot read,
// such as a tag, any version meets.

/** @param asked as in `sallyport.json`: an exact version, `^1.2.0`, `~1.2.0`, `1.x`, `latest`. */
export function isMet(asked: string, version: string): boolean {
  if (asked === version) return true;
  const found = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  const parts = /^([~^]?)v?(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(-[\w.-]+)?$/.exec(asked);
  if (!found || !parts) return !/^v?\d+\.\d+\.\d+/.test(asked);
  const [, sign, ...written] = parts;
  const least = written
    .slice(0, 3)
    .map((part) => (part === undefined || /^[x*]$/.test(part) ? undefined : Number(part)));
  const given = least.indexOf(undefined);
  const count = given === -1 ? 3 : given;
  if (sign === '' && count === 3) return false;
  // The first part that is not zero has to stay, as npm reads `^`; of `~` and of `1.x` what was written, but the last of three.
  const zeros = least.findIndex((part) => part !== 0);
  const fixed = sign === '^' ? Math.min(count, (zeros === -1 ? 2 : zeros) + 1) : Math.min(count, 2);
  if (found.slice(0, fixed).some((part, at) => part !== least[at])) return false;
  const order = found.map((part, at) => part - (least[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
  return order >= 0;
}
