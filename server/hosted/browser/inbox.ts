// Browser: the dev inbox stays up to date without being loaded anew: what is open stays open, what has the focus keeps it,
// and new messages are told to whoever listens. Codes are copied and calls are played by a button.

const EVERY_MS = 3000;
const SAID_MS = 2000;
const inbox = document.querySelector('[data-inbox]');
const news = document.querySelector('[data-news]');
const canCopy = Boolean(navigator.clipboard);
const canSpeak = 'speechSynthesis' in window;

enable(document);
inbox?.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.copies !== undefined) copy(button, button.dataset.copies);
  if (button?.dataset.says !== undefined) play(button, button.dataset.says);
});
if (inbox) setInterval(look, EVERY_MS);
document.addEventListener('visibilitychange', look);

/** Shows the buttons of what this browser can do. */
function enable(part: ParentNode): void {
  if (canCopy) for (const button of part.querySelectorAll<HTMLElement>('[data-copies]')) button.hidden = false;
  if (canSpeak) for (const button of part.querySelectorAll<HTMLElement>('[data-says]')) button.hidden = false;
}

function copy(button: HTMLButtonElement, code: string): void {
  const label = button.textContent;
  navigator.clipboard.writeText(code).then(
    () => {
      button.textContent = 'Copied';
      say('Copied');
      setTimeout(() => {
        button.textContent = label;
      }, SAID_MS);
    },
    // The browser does not let us: the code still stands there to be marked.
    () => {
      button.hidden = true;
    },
  );
}

function play(button: HTMLButtonElement, text: string): void {
  const isPlaying = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (isPlaying) return;
  // Digits that are set apart for being read out would be read as a number with a fraction.
  const call = new SpeechSynthesisUtterance(text.replaceAll(/(\d)\.(?=\d)/g, '$1, '));
  call.lang = button.lang;
  const label = button.textContent;
  button.textContent = 'Stop';
  call.onend = call.onerror = () => {
    button.textContent = label;
  };
  speechSynthesis.speak(call);
}

async function look(): Promise<void> {
  if (!inbox || document.visibilityState !== 'visible') return;
  let text: string;
  try {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return; // The server is being started anew: it is asked again.
  }
  const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-inbox]');
  const list = inbox.querySelector('ul');
  const freshList = fresh?.querySelector('ul');
  if (list && freshList) patch(list, freshList);
}

function patch(list: Element, fresh: Element): void {
  let added = 0;
  const there = new Set([...fresh.children].map(({ id }) => id));
  for (const old of [...list.children]) if (!there.has(old.id)) old.remove();
  let place = list.firstElementChild;
  for (const row of [...fresh.children]) {
    const old = document.getElementById(row.id);
    if (old) {
      place = old.nextElementSibling;
      renew(old, row);
      continue;
    }
    const joined = document.importNode(row, true);
    enable(joined);
    list.insertBefore(joined, place);
    added += 1;
  }
  const none = inbox?.querySelector<HTMLElement>('[data-none]');
  if (none) none.hidden = list.children.length > 0;
  if (added > 0) say(added === 1 ? 'One new message' : `${added} new messages`);
}

/** A message has come to another state, and with it perhaps to other words. What somebody has open or is at stays. */
function renew(old: Element, fresh: Element): void {
  if (stateOf(old) === stateOf(fresh)) return;
  if (old.contains(document.activeElement) || old.querySelector('details[open]')) return;
  const row = document.importNode(fresh, true);
  enable(row);
  old.replaceWith(row);
}

const stateOf = (row: Element): string | null | undefined => row.querySelector('.fine')?.textContent;

function say(text: string): void {
  if (news) news.textContent = text;
}
