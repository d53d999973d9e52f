// In the browser of a phone: wakes when a message comes, says that somebody signs in, and opens the page. The message holds
// ids and the name of the application; what is asked is fetched by the page, with its key.

type Message = { application?: string; request?: string };
type Client = { url: string; focus(): Promise<unknown>; postMessage(message: unknown): void };
type Waiting = Event & { waitUntil(work: Promise<unknown>): void };
/** TypeScript's words for pages do not have these. */
type Scope = {
  registration: { showNotification(title: string, options: Record<string, unknown>): Promise<void> };
  clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<Client[]>;
    openWindow(address: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'push', listener: (event: Waiting & { data?: { json(): Message } }) => void): void;
  addEventListener(type: 'install', listener: (event: Waiting) => void): void;
  addEventListener(
    type: 'notificationclick',
    listener: (event: Waiting & { notification: { close(): void } }) => void,
  ): void;
};
const scope = self as unknown as Scope;

/** The path that the tenant's addresses lie below: this file is one of them. */
const root = location.pathname.replace(/\/push\/worker\.js$/, '');

/** Where the name of the application stands in what is said. */
const PLACE = `\${application}`;

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));

scope.addEventListener('push', (event) => {
  let message: Message = {};
  try {
    message = event.data?.json() ?? {};
  } catch {
    // Not ours: a browser wants a notification for every message, so it gets one that says less.
  }
  event.waitUntil(announce(message));
});

scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open());
});

async function announce({ application = '', request = 'request' }: Message): Promise<void> {
  // A page that is open asks at once; what comes next may be forbidden by now.
  for (const client of await pages()) client.postMessage({ kind: 'request' });
  const { title, text } = await words();
  await scope.registration.showNotification(title.replaceAll(PLACE, application), {
    body: text,
    // The same request twice is one notification.
    tag: request,
    icon: `${root}/push/icon.svg`,
    requireInteraction: true,
  });
}

async function open(): Promise<void> {
  const [page] = await pages();
  await (page ? page.focus() : scope.clients.openWindow(`${root}/push`));
}

async function pages(): Promise<Client[]> {
  const all = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter(({ url }) => new URL(url).pathname.startsWith(`${root}/push`));
}

/** As the page left them, in its language. */
function words(): Promise<{ title: string; text: string }> {
  const none = { title: PLACE, text: '' };
  return new Promise((resolve) => {
    const opening = indexedDB.open(`sallyport-phone${root}`);
    // There is none yet: one that is made here would lack what the page puts into it.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => resolve(none);
    opening.onsuccess = () => {
      const database = opening.result;
      if (!database.objectStoreNames.contains('words')) {
        resolve(none);
        return;
      }
      const reading = database.transaction('words').objectStore('words').get('notification');
      reading.onsuccess = () => resolve(reading.result ?? none);
      reading.onerror = () => resolve(none);
    };
  });
}
