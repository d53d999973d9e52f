// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// The request that led to the run, and where on earth it seems to come from.

/**
 * Where the address seems to be, by the operator's database. An empty object when there is no database or it does not
 * know the address, so every member is optional. Names are English.
 */
export interface GeoIp {
  /** Name of the city. */
  cityName?: string;
  /** Two letters: `AF`, `AN`, `AS`, `EU`, `NA`, `OC`, `SA`. */
  continentCode?: string;
  /** Two letters of ISO 3166-1, such as `JP`. */
  countryCode?: string;
  /** Three letters of ISO 3166-1, such as `JPN`. */
  countryCode3?: string;
  /** Name of the country. */
  countryName?: string;
  /** Degrees north of the equator, -90 to 90. */
  latitude?: number;
  /** Degrees east of Greenwich, -180 to 180. */
  longitude?: number;
  /** Code of the state or province as in ISO 3166-2, without the country. */
  subdivisionCode?: string;
  /** Name of the state or province. */
  subdivisionName?: string;
  /** Name of the IANA time zone, such as `Asia/Tokyo`. */
  timeZone?: string;
}

/** What every run knows of the request behind it. There are no headers beside those named here. */
export interface RequestOrigin {
  /** Address of the client, IPv4 or IPv6; behind trusted proxies the one they vouch for. */
  ip: string;
  /** HTTP method, in capitals. */
  method: string;
  /** Where the address seems to be; an empty object when nobody knows. */
  geoip: GeoIp;
  /** Host of the tenant's base URL, with a port that is not the usual one; `https://<hostname>/` is the issuer. */
  hostname: string;
  /** What the browser says it prefers: the `Accept-Language` header; absent when none was sent. */
  language?: string;
  /** The `User-Agent` header; absent when none was sent. */
  user_agent?: string;
}

/** A request with its body, for the triggers that are run by a POST. */
export interface RequestWithBody extends RequestOrigin {
  /** Fields of the POST body by name; an empty object without one. Secrets of the protocol are left out. */
  body: { [field: string]: unknown };
}

/**
 * The request of a login. After each pause it is a new one: in `onContinue…` its query and body are those of
 * `/continue`.
 */
export interface LoginRequest extends RequestWithBody {
  /** Parameters of the authorization request by name, those the protocol does not know included. */
  query: { [parameter: string]: unknown };
  /** Number of the autonomous system the address belongs to; absent when it is not known. */
  asn?: string;
}

/** How the TLS connection looked; only where a trusted proxy says so. */
export interface SecurityContext {
  /** JA3 fingerprint of the client's TLS. */
  ja3?: string;
  /** JA4 fingerprint of the client's TLS. */
  ja4?: string;
}
