// Example programs: what an application knows of its tenant and of itself, and how it meets the browser of a person.

export type Application = {
  /** Host and port of the tenant, as SDKs of Auth0 take it: `login.example` or `localhost:3000`. */
  domain: string;
  clientId: string;
  clientSecret: string;
  /** Where browsers come back to. */
  redirectUri: string;
};

/** How a browser came back: an address, or a form that was posted to it. */
export type Landing = { address: string; form?: Record<string, string> };

/** Sends the person's browser to an address of the tenant and waits until it is back. */
export type SignIn = (address: URL) => Promise<Landing>;

/** Waits until the person has typed the code that was sent `to` an address, or that an app shows for a key. */
export type ReadCode = (from: { to: string } | { key: string }) => Promise<string>;

/** What an example has of the person it acts for. */
export type Person = { signIn: SignIn; readCode: ReadCode };

/** What the application's own web server would have received. */
export function requestOf({ address, form }: Landing): Request {
  return form ? new Request(address, { method: 'POST', body: new URLSearchParams(form) }) : new Request(address);
}
