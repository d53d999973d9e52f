// Server, hosted pages: what a person would call a browser, by what it says of itself.

/** The first that is found: many browsers also call themselves by the names that stand below theirs. */
const BROWSERS = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const;
const SYSTEMS = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** Either name, where the user agent has one that is known here. */
export function browserParts(userAgent: string): { browser?: string; system?: string } {
  const [, browser] = BROWSERS.find(([pattern]) => pattern.test(userAgent)) ?? [];
  const [, system] = SYSTEMS.find(([pattern]) => pattern.test(userAgent)) ?? [];
  return { ...(browser ? { browser } : {}), ...(system ? { system } : {}) };
}

/** "Firefox on Windows", of at most 20 characters; undefined where a user agent says nothing that is known here. */
export function browserName(userAgent: string): string | undefined {
  const { browser, system } = browserParts(userAgent);
  return browser && system ? `${browser} on ${system}` : (browser ?? system);
}
