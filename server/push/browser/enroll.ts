// In the browser of a phone: it becomes a device. The key of the picture is in the fragment of the address, which the browser
// sends to nobody; once it was used it is taken out of the address.
import { allAccounts, keepAccount } from './accounts.ts';
import { ask, askOffer, introduce, now } from './exchange.ts';
import { home } from './home.ts';
import { known, root } from './known.ts';
import { notificationDeeds, prepareEnrollment, prepareNotifications } from './notifications.ts';
import { show, tell } from './stage.ts';

export async function enroll(): Promise<void> {
  const key = location.hash.slice(1);
  const offer = key === '' ? undefined : await askOffer(key);
  if (offer && !offer.ok && offer.code === 'offline') {
    show('busy');
    setTimeout(enroll, 3000);
    return;
  }
  if (!offer?.ok) {
    // A home screen may keep the address by which the phone was enrolled.
    if ((await allAccounts()).length > 0) await home();
    else show('enrollment-over');
    return;
  }
  const account = String(offer.body.account);
  // One pair for all tries: where an answer got lost, the server knows this phone by it.
  const making = crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const deeds = {
    enroll: async (form: HTMLElement) => become(form as HTMLFormElement, key, account, await making),
  };
  show('enroll', { account }, deeds, prepareEnrollment);
  const field = document.querySelector<HTMLInputElement>('#name');
  if (field) field.value = suggestedName();
}

async function become(form: HTMLFormElement, key: string, account: string, pair: CryptoKeyPair): Promise<void> {
  const name = String(new FormData(form).get('name') ?? '').trim();
  const button = form.querySelector('button');
  if (name === '' || button?.disabled) return;
  if (button) button.disabled = true;
  const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const answer = await introduce(pair, jwk, { key, name });
  if (!answer.ok) {
    if (button) button.disabled = false;
    if (answer.code === 'enrollment-over') show('enrollment-over');
    else tell(known.failed);
    return;
  }
  const { device, secret, public_key: publicKey } = answer.body;
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const codes = await crypto.subtle.importKey('raw', fromBase32(String(secret)), algorithm, false, ['sign']);
  const kept = { device: String(device), account, key: pair.privateKey, codes, addedAt: now() };
  await keepAccount(kept);
  // The other page goes on once the phone is heard; the page that waits asks again should this get lost.
  await ask(kept, 'requests');
  localStorage.setItem(`push-key${root}`, String(publicKey));
  history.replaceState(null, '', `${root}/push`);
  const proceed = () => {
    home();
  };
  show('enrolled', { account }, { ...notificationDeeds(proceed), home: proceed }, prepareNotifications);
}

/** What people call such a phone. */
function suggestedName(): string {
  const { userAgent } = navigator;
  const model = /Android [^;]*; ([^;)]+)/.exec(userAgent)?.[1]?.trim();
  if (model && model.length > 2) return model.slice(0, 60);
  return /iPhone|iPad|Android|Macintosh|Windows|Linux/.exec(userAgent)?.[0]?.replace('Macintosh', 'Mac') ?? 'Phone';
}

/** RFC 4648 §6. */
function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return new Uint8Array((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
