// In the browser of a phone: is it you? The three numbers are those that the server sent; which of them the other page shows
// is known to whoever sees that page.
import type { Account } from './accounts.ts';
import { ask, now } from './exchange.ts';
import { known } from './known.ts';
import { onStage, rows, show, tell } from './stage.ts';

export type Request = {
  id: string;
  application: string;
  ip: string;
  place?: string;
  user_agent?: string;
  choices: string[];
  created_at: number;
  expires_at: number;
};

export function readRequests(body: Record<string, unknown>): Request[] {
  return (body.requests as Request[] | undefined) ?? [];
}

/** What nobody can answer any more; after anything else the person may press again. */
const OVER: ReadonlySet<string> = new Set(['answered-request', 'expired-request', 'unknown-request', 'unknown-device']);
/** Of the request that was shown last: an earlier one that runs out takes no other off the stage. */
let runningOut: ReturnType<typeof setTimeout> | undefined;

/** @param back where the person goes afterwards. */
export function showRequest(account: Account, request: Request, back: () => void): void {
  const { application, ip, place = known.unknown, user_agent: userAgent, choices, created_at: at } = request;
  const values = {
    account: account.account,
    application,
    place,
    ip,
    browser: userAgent === undefined ? known.unknown : nameOf(userAgent),
    time: new Date(at).toLocaleTimeString(document.documentElement.lang, { timeStyle: 'short' }),
  };
  const deeds = {
    approve: (element: HTMLElement) => {
      answer(account, request, { decision: 'approve', number: element.dataset.mark ?? '' }, back);
    },
    refuse: () => {
      answer(account, request, { decision: 'refuse' }, back);
    },
  };
  const numbers = choices.map((number) => ({ values: { number }, mark: number }));
  // Where the other page is not ours it shows no number.
  const unused = numbers.length > 0 ? 'plain' : 'numbers';
  show('request', values, deeds, (root) => {
    rows(root, 'number', numbers);
    root.querySelector(`[data-if="${unused}"]`)?.remove();
  });
  clearTimeout(runningOut);
  runningOut = setTimeout(() => {
    if (onStage() === 'request') show('expired', {}, { home: back });
  }, request.expires_at - now());
}

async function answer(
  account: Account,
  request: Request,
  decision: Record<string, string>,
  back: () => void,
): Promise<void> {
  show('answering');
  const said = await ask(account, 'answer', { request: request.id, ...decision });
  if (said.ok) {
    show(String(said.body.outcome), {}, { home: back });
    return;
  }
  if (!OVER.has(said.code)) {
    showRequest(account, request, back);
    tell(known.failed);
    return;
  }
  show('expired', {}, { home: back });
}

/** A browser and what it runs on, as people call them. */
function nameOf(userAgent: string): string {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = find([
    [/Edg(e|A|iOS)?\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox|FxiOS/, 'Firefox'],
    [/Chrome|CriOS/, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/Windows/, 'Windows'],
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Mac OS X/, 'Mac'],
    [/Android/, 'Android'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ]);
  const name = [browser, system].filter((part) => part !== undefined).join(', ');
  return name === '' ? userAgent.slice(0, 60) : name;
}
