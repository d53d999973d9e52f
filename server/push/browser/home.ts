// In the browser of a phone: it waits. While somebody looks at the page it asks for requests, and the first one that is there
// takes the stage.
import { type Account, allAccounts, forgetAccount } from './accounts.ts';
import { showCode } from './code.ts';
import { ask } from './exchange.ts';
import { known } from './known.ts';
import { notificationDeeds, prepareNotifications, unsubscribe } from './notifications.ts';
import { readRequests, showRequest } from './request.ts';
import { onStage, rows, show, showOffline, tell } from './stage.ts';

const EVERY_MS = 3000;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function home(): Promise<void> {
  const accounts = await allAccounts();
  if (accounts.length === 0) {
    show('empty');
    return;
  }
  const of = (element: HTMLElement) => accounts.find(({ device }) => device === element.dataset.mark);
  const deeds = {
    ...notificationDeeds(home),
    code: (element: HTMLElement) => {
      const account = of(element);
      if (account) showCode(account, home);
    },
    remove: (element: HTMLElement) => {
      const account = of(element);
      if (account) confirmRemoval(account);
    },
  };
  const list = accounts.map(({ account, device }) => ({ values: { account }, mark: device }));
  show('home', {}, deeds, (root) => {
    rows(root, 'account', list);
    prepareNotifications(root);
  });
  look();
}

/** Asks now, and again after a while as long as the page waits and is seen. */
export async function look(): Promise<void> {
  clearTimeout(timer);
  if (onStage() !== 'home' || document.visibilityState !== 'visible') return;
  for (const account of await allAccounts()) {
    const answer = await ask(account, 'requests');
    showOffline(!answer.ok && answer.code === 'offline');
    if (onStage() !== 'home') return;
    if (!answer.ok && answer.code === 'unknown-device') {
      // Taken away elsewhere.
      await forgetAccount(account.device);
      await home();
      return;
    }
    const [request] = answer.ok ? readRequests(answer.body) : [];
    if (request) {
      showRequest(account, request, home);
      return;
    }
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY_MS);
}

function confirmRemoval(account: Account): void {
  show('remove', { account: account.account }, { home, confirm: () => remove(account) });
}

async function remove(account: Account): Promise<void> {
  const answer = await ask(account, 'remove');
  if (!answer.ok && answer.code !== 'unknown-device') {
    tell(known.failed);
    return;
  }
  await forgetAccount(account.device);
  if ((await allAccounts()).length === 0) await unsubscribe();
  await home();
}
