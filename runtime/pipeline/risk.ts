// What the assessors are told of a login: its browser, its address and where that is, and the person's earlier logins.
import type { Caller, Ports } from '../ports.ts';
import { coordinatesOf, type Place } from '../risk/geography.ts';
import { assessRisk, type RiskAssessment } from '../risk/risk.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import type { World } from './world.ts';

export type Circumstances = { risk: RiskAssessment; place: Place | undefined };

/** `loginsCount`: of the person, this login included. */
export function circumstancesOf(
  { geography, untrusted, now }: Pick<Ports, 'geography' | 'untrusted' | 'now'>,
  tx: LoginTransaction,
  world: World,
  caller: Caller,
  loginsCount: number,
): Circumstances {
  const place = geography.locate(caller.ip);
  const location = coordinatesOf(place);
  const { rememberForDays } = world.tenant.riskAssessments ?? {};
  const risk = assessRisk({
    now: now(),
    // Where there is no browser, none is known.
    device: tx.binding ?? '',
    ip: caller.ip,
    history: world.devices,
    loginsCount,
    untrusted,
    hasGeography: geography.isAvailable,
    isKnownAddress: place !== undefined,
    isAnonymousProxy: place?.isAnonymousProxy ?? false,
    ...(location ? { location } : {}),
    ...(rememberForDays === undefined ? {} : { rememberForDays }),
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
  });
  return { risk, place };
}
