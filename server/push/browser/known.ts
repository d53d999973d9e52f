// In the browser of a phone: what the server wrote into the page.

export const known = JSON.parse(document.getElementById('known')?.textContent ?? '{}') as {
  /** Where statements are for. */
  base: string;
  /** The server's time when the page was made, milliseconds. */
  now: number;
  /** What is said of a code that is good for so many seconds, less one. */
  seconds: string[];
  unknown: string;
  failed: string;
  notification: { title: string; text: string };
};

/** The path that the tenant's addresses lie below; empty where it has a host of its own. */
export const root = new URL(known.base).pathname.replace(/\/$/, '');
