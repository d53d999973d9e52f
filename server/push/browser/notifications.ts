// In the browser of a phone: how requests reach it while its page is closed. Every part of it may be missing or refused; the
// phone then asks by itself while the page is open.
import { type Account, allAccounts, keepAccount, keepWords } from './accounts.ts';
import { ask } from './exchange.ts';
import { known, root } from './known.ts';
import type { Deeds } from './stage.ts';

const canNotify = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
const isIos = /iPhone|iPad/.test(navigator.userAgent);
const isInstalled = matchMedia('(display-mode: standalone)').matches;

/** What Chromium offers when the page can be put on the home screen. */
let installing: (Event & { prompt(): Promise<unknown> }) | undefined;
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installing = event as typeof installing;
  reveal(document);
});

/** The service worker is there before anybody allows anything: it makes the page one that can be installed. */
export async function startWorker(onMessage: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', onMessage);
  await keepWords(known.notification);
  // A browser may have it switched off; the page works without.
  await navigator.serviceWorker.register(`${root}/push/worker.js`, { scope: `${root}/push` }).catch(() => undefined);
  if (canNotify && Notification.permission === 'granted') await subscribe();
}

export const prepareNotifications = (root: DocumentFragment): void => reveal(root);

/** On an iPhone the page comes first to the home screen, then becomes a device: nothing is shared between the two. */
export function prepareEnrollment(root: DocumentFragment): void {
  reveal(root);
  if (!isIos) return;
  const meta = document.createElement('meta');
  meta.name = 'apple-mobile-web-app-capable';
  meta.content = 'yes';
  document.head.append(meta);
}

function reveal(root: ParentNode): void {
  const has = {
    notify: canNotify && Notification.permission === 'default',
    denied: canNotify && Notification.permission === 'denied',
    install: installing !== undefined,
    'install-ios': isIos && !isInstalled,
  };
  for (const [name, is] of Object.entries(has)) {
    for (const part of root.querySelectorAll<HTMLElement>(`[data-if="${name}"]`)) part.hidden = !is;
  }
}

/** @param after what follows the person's word. */
export function notificationDeeds(after: () => void): Deeds {
  return {
    notify: async () => {
      await Notification.requestPermission();
      if (Notification.permission === 'granted') await subscribe();
      after();
    },
    install: async () => {
      await installing?.prompt();
      installing = undefined;
      reveal(document);
    },
  };
}

/** Browsers change the address now and then; each account is told once of each. */
async function subscribe(): Promise<void> {
  const publicKey = localStorage.getItem(`push-key${root}`);
  if (publicKey === null) return;
  try {
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription =
      (await pushManager.getSubscription()) ??
      (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }));
    for (const account of await allAccounts()) await tellOf(account, subscription);
  } catch {
    // No push service, or none that is reached now: requests are asked for while the page is open.
  }
}

async function tellOf(account: Account, subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  if (endpoint === undefined || account.endpoint === endpoint) return;
  const answer = await ask(account, 'subscribe', { subscription: { endpoint, keys } });
  if (answer.ok) await keepAccount({ ...account, endpoint });
}

/** When the last account has gone there is nothing to be told of any more. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(`${root}/push`);
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}
