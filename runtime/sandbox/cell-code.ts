// What every cell is given when it starts: its program, the guest code, and made-up events to warm contexts with.

import { credentialsExchangeSample } from '#actions/credentials-exchange-sample.ts';
import { customEmailProviderSample } from '#actions/custom-email-provider-sample.ts';
import { customPhoneProviderSample } from '#actions/custom-phone-provider-sample.ts';
import { customTokenExchangeSample } from '#actions/custom-token-exchange-sample.ts';
import { passwordResetSample } from '#actions/password-reset-post-challenge-sample.ts';
import { postChangePasswordSample } from '#actions/post-change-password-sample.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { postUserRegistrationSample } from '#actions/post-user-registration-sample.ts';
import { preUserRegistrationSample } from '#actions/pre-user-registration-sample.ts';
import { sendPhoneMessageSample } from '#actions/send-phone-message-sample.ts';
import type { TriggerId } from '#actions/triggers.ts';
import { bundleCell, bundlePrelude } from './build.ts';
import type { ToCell } from './cell/protocol.ts';

/** Isolates that a cell keeps warm. Each takes address space of its own, and a cell's is capped. */
const ISOLATES = 150;

/** Of every trigger, the event its contexts are warmed with. */
const SAMPLES: Readonly<Record<TriggerId, object>> = {
  'post-login': postLoginSample,
  'credentials-exchange': credentialsExchangeSample,
  'pre-user-registration': preUserRegistrationSample,
  'post-user-registration': postUserRegistrationSample,
  'post-change-password': postChangePasswordSample,
  'password-reset-post-challenge': passwordResetSample,
  'custom-token-exchange': customTokenExchangeSample,
  'send-phone-message': sendPhoneMessageSample,
  'custom-phone-provider': customPhoneProviderSample,
  'custom-email-provider': customEmailProviderSample,
};

export type CellCode = { program: string; boot: (quarantine: boolean) => Extract<ToCell, { type: 'boot' }> };

/** How long the top level of a script may take in an idle moment, in milliseconds: among others, and in quarantine. */
export async function loadCode(times: { loadMs: number; quarantineLoadMs: number }): Promise<CellCode> {
  const [program, prelude] = await Promise.all([bundleCell(), bundlePrelude()]);
  const samples = Object.fromEntries(Object.entries(SAMPLES).map(([id, sample]) => [id, JSON.stringify(sample)]));
  return {
    program,
    boot: (quarantine) => {
      const loadMs = quarantine ? times.quarantineLoadMs : times.loadMs;
      return { type: 'boot', prelude, samples, isolates: ISOLATES, loadMs };
    },
  };
}
