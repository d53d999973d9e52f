// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// How much a login looks like its person: `low` confidence is a high risk.

/** `neutral` means that nothing can be said. */
export type Confidence = 'low' | 'medium' | 'high' | 'neutral';

/** One opinion. */
export interface Assessment<Code extends string, Details> {
  /** How sure it is that this is the person. */
  confidence: Confidence;
  /** Why, in one word. */
  code: Code;
  /** What it rests on; absent when there is nothing to show. */
  details?: Details;
}

/** Whether browser and user agent were seen with this account within 30 days. */
export type NewDevice = Assessment<
  | 'match'
  | 'partial_match'
  | 'no_match'
  | 'initial_login'
  | 'unknown_device'
  | 'no_device_history'
  | 'assessment_not_available',
  NewDeviceDetails
>;

/** What NewDevice compared. */
export interface NewDeviceDetails {
  /** Whether the browser's cookie is known. */
  device?: 'known' | 'unknown';
  /** Whether the user agent is known. */
  useragent?: 'known' | 'unknown';
}

/** Whether somebody can have come here since the last login. */
export type ImpossibleTravel = Assessment<
  | 'minimal_travel_from_last_login'
  | 'travel_from_last_login'
  | 'substantial_travel_from_last_login'
  | 'impossible_travel_from_last_login'
  | 'invalid_travel'
  | 'missing_geoip'
  | 'anonymous_proxy'
  | 'unknown_location'
  | 'initial_login'
  | 'location_history_not_found'
  | 'assessment_not_available',
  { [detail: string]: string }
>;

/** Whether the address is on the operator's list. */
export type UntrustedIP = Assessment<
  'not_found_on_deny_list' | 'found_on_deny_list' | 'invalid_ip_address' | 'assessment_not_available',
  UntrustedIPDetails
>;

/** Which line of the list it was. */
export interface UntrustedIPDetails {
  /** The address that was looked up. */
  ip?: string;
  /** The line that matches: an address or a range such as `192.0.2.0/24`. */
  matches?: string;
  /** Where the line comes from. */
  source?: string;
  /** What the address is listed for. */
  category?: string;
}

/** Whether an agent signs in. */
export type AgentDetection = Assessment<'unknown' | 'verified_agent', AgentDetectionDetails>;

/** Which agent it is. */
export interface AgentDetectionDetails {
  /** Who vouches for it. */
  provider?: string;
}

/** The opinions one by one. */
export interface Assessments {
  /** Whether browser and user agent are known. */
  NewDevice: NewDevice;
  /** Whether the way from the last login is possible. */
  ImpossibleTravel: ImpossibleTravel;
  /** Whether the address is listed. */
  UntrustedIP: UntrustedIP;
  /** Whether an agent signs in; absent where nobody looks. */
  AgentDetection?: AgentDetection;
}

/** All opinions together. */
export interface RiskAssessment {
  /** The lowest of those that say something; `neutral` when none does. */
  confidence: Confidence;
  /** Version of this shape. */
  version: '1';
  /** The opinions one by one. */
  assessments: Assessments;
}
