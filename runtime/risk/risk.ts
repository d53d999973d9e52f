// Risk: how sure we are of a person before anything more is asked of them. Three assessors, each a pure function of what
// is known of the login and of earlier ones; scripts see the result as `event.authentication.riskAssessment`.
import type { JsonObject } from '#storage/records.ts';
import { type Confidence, lowest } from './confidence.ts';
import { assessImpossibleTravel, type ImpossibleTravel, type TravelFacts } from './impossible-travel.ts';
import { assessNewDevice, type NewDevice, type NewDeviceFacts } from './new-device.ts';
import { type AddressFacts, assessUntrustedIp, type UntrustedIP } from './untrusted-ip.ts';

export { NEW_DEVICE_DAYS } from './new-device.ts';
export type { Confidence };

/** Everything the assessors judge by: the login, what the databases say of its address, and earlier logins. */
export type LoginFacts = NewDeviceFacts & TravelFacts & AddressFacts;

/** The keys are those that scripts see. */
export type RiskAssessment = {
  /** The lowest of the three that say something. */
  confidence: Confidence;
  version: '1';
  assessments: { NewDevice: NewDevice; ImpossibleTravel: ImpossibleTravel; UntrustedIP: UntrustedIP };
};

export function assessRisk(facts: LoginFacts): RiskAssessment {
  const assessments = {
    NewDevice: assessNewDevice(facts),
    ImpossibleTravel: assessImpossibleTravel(facts),
    UntrustedIP: assessUntrustedIp(facts),
  };
  const confidence = lowest(Object.values(assessments).map((assessment) => assessment.confidence));
  return { confidence, version: '1', assessments };
}

/** What a tenant log says of it: the same, as a value of its own that nothing else changes. */
export function riskSummary({ confidence, version, assessments }: RiskAssessment): JsonObject {
  const { NewDevice, ImpossibleTravel, UntrustedIP } = assessments;
  return {
    confidence,
    version,
    assessments: {
      NewDevice: summaryOf(NewDevice),
      ImpossibleTravel: summaryOf(ImpossibleTravel),
      UntrustedIP: summaryOf(UntrustedIP),
    },
  };
}

type Assessment = { confidence: Confidence; code: string; details?: Record<string, string> };

function summaryOf({ confidence, code, details }: Assessment): JsonObject {
  return { confidence, code, ...(details === undefined ? {} : { details: { ...details } }) };
}
