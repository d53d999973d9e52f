// Server, hosted pages: the key of an authenticator app in the two ways an app takes it: as an address, which a picture
// carries, and as letters.
import { html } from 'hono/html';
import { encodeQR } from 'qr';
import type { Markup } from './page.ts';
import { presentEnrollment, type View } from './screen.ts';

/** Base32; empty where no app is being enrolled. */
export function appKey({ login }: View): string {
  const enrollment = presentEnrollment(login);
  return enrollment?.factor === 'otp' ? enrollment.secret : '';
}

export function appAddress(view: View): string {
  return keyAddress(appKey(view), view.surroundings);
}

/**
 * The "Key Uri Format" that authenticator apps share: a colon parts issuer and account, so neither may hold one.
 * @param account empty where it has no name.
 */
export function keyAddress(key: string, { brand, account }: { brand: string; account: string }): string {
  const name = (text: string) => encodeURIComponent(short(text.toWellFormed().replaceAll(':', ' ').trim()));
  const label = account === '' ? name(brand) : `${name(brand)}:${name(account)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${name(brand)}&algorithm=SHA1&digits=6&period=30`;
}

/** Whole characters, in as many bytes as leave the picture coarse enough for a camera. */
function short(text: string): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(character) > NAME_BYTES) break;
    kept += character;
  }
  return kept;
}

const NAME_BYTES = 80;

/** The quiet zone around a code, in modules (ISO/IEC 18004 §5.3.8). */
const QUIET_ZONE = 4;

/** A QR code of `text`; `label` says what it is to those who do not see it. */
export function qrPicture(text: string, label: string): Markup {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  const path = rows.flatMap((row, y) => darkRuns(row).map(({ x, wide }) => `M${x} ${y}h${wide}v1h-${wide}z`)).join('');
  const size = rows.length;
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}

/** Neighbours are one shape: a page holds half as much for it, and no hair shows between them. */
function darkRuns(row: readonly boolean[]): { x: number; wide: number }[] {
  const runs: { x: number; wide: number }[] = [];
  for (const [x, dark] of row.entries()) {
    const last = runs.at(-1);
    if (!dark) continue;
    if (last && last.x + last.wide === x) last.wide += 1;
    else runs.push({ x, wide: 1 });
  }
  return runs;
}

/**
 * The key as text: groups for the eye, one word for whoever copies it.
 * @param isAlone there is nothing else to see on the page.
 */
export function keyText(key: string, label: string, { isAlone }: { isAlone?: true } = {}): Markup {
  const groups = key.match(/.{1,4}/g) ?? [];
  return html`<p class="key-line"><span class="key-label" id="key-label">${label}</span> <code class="key${isAlone ? ' large' : ''}" aria-labelledby="key-label" translate="no">${groups.map((group) => html`<span>${group}</span>`)}</code></p>`;
}
