// In the browser of a phone: where the page begins.
import { enroll } from './enroll.ts';
import { home, look } from './home.ts';
import { root } from './known.ts';
import { startWorker } from './notifications.ts';
import { show } from './stage.ts';

// Keys are made in secure contexts alone (W3C Secure Contexts).
if (!globalThis.crypto?.subtle || !globalThis.indexedDB) show('unsupported');
else {
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  addEventListener('hashchange', begin);
  await begin();
  await startWorker(look);
}

async function begin(): Promise<void> {
  try {
    await (location.pathname === `${root}/push/enroll` ? enroll() : home());
  } catch {
    show('unsupported'); // No database to keep keys in: a private window, or one that is full.
  }
}
