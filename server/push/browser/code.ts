// In the browser of a phone: a code for when no request arrives (RFC 6238: SHA-1, six digits, 30 s). It is made by a key that
// the page cannot read.
import type { Account } from './accounts.ts';
import { now } from './exchange.ts';
import { known } from './known.ts';
import { onStage, show } from './stage.ts';

const STEP_MS = 30_000;

export function showCode(account: Account, back: () => void): void {
  show('code', { account: account.account }, { home: back });
  tick(account, undefined);
}

async function tick(account: Account, shown: number | undefined): Promise<void> {
  const at = now();
  const step = Math.floor(at / STEP_MS);
  const code = step === shown ? undefined : await codeAt(account, step);
  if (onStage() !== 'code') return;
  const place = document.getElementById('code');
  const left = document.getElementById('seconds');
  if (place && code !== undefined) place.textContent = code;
  const seconds = Math.ceil((STEP_MS - (at % STEP_MS)) / 1000);
  if (left) left.textContent = known.seconds[seconds - 1] ?? '';
  setTimeout(() => tick(account, step), 1000);
}

async function codeAt({ codes }: Account, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign('HMAC', codes, counter.buffer));
  // RFC 4226 §5.3: 31 bits from where the last half byte points.
  const from = mac.getUint8(mac.byteLength - 1) & 0xf;
  return String((mac.getUint32(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
