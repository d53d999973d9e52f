// The table of factors: codes, as their owners read them off.
import { generateSync } from 'otplib';
import type { FactorDesk } from './desk.ts';

/** How long codes, requests and ceremonies are good for. */
export const FIVE_MINUTES = 5 * 60_000;

/** What an app with this key shows now. */
export const totpOf = (desk: FactorDesk, secret: string): string =>
  generateSync({ secret, epoch: Math.floor(desk.house.clock.at / 1000) });

/** The same with another last character. */
export function another(code: string): string {
  return code.slice(0, -1) + (code.endsWith('7') ? '3' : '7');
}
