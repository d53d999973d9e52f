// Test: every page of the product, each once and in the order in which people meet them.
import type { Scene } from './scene.ts';
import { ACCOUNT_SCENES } from './scenes-account.ts';
import { DEVICE_SCENES, PASSWORD_SCENES, PROBLEM_SCENES } from './scenes-elsewhere.ts';
import { ENROLLMENT_SCENES } from './scenes-enrollment.ts';
import { FACTOR_SCENES } from './scenes-factors.ts';
import { PASSWORDLESS_SCENES } from './scenes-passwordless.ts';
import { PHONE_SCENES } from './scenes-phone.ts';
import { SIGN_IN_SCENES } from './scenes-sign-in.ts';

export const SCENES: readonly Scene[] = [
  ...SIGN_IN_SCENES,
  ...PASSWORDLESS_SCENES,
  ...FACTOR_SCENES,
  ...ENROLLMENT_SCENES,
  ...PASSWORD_SCENES,
  ...DEVICE_SCENES,
  ...ACCOUNT_SCENES,
  ...PHONE_SCENES,
  ...PROBLEM_SCENES,
];
