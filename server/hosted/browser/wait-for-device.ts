// In the browser: a page waits for the answer of a phone. It asks while somebody looks at it, and sends its form when there
// is something to say. Without it the button does.

const EVERY_MS = 2000;
const line = document.querySelector<HTMLElement>('[data-waits]');
const button = document.querySelector<HTMLButtonElement>('button[name="action"][value="continue"]');
const address = line?.dataset.waits;
let timer: ReturnType<typeof setTimeout> | undefined;
let isSent = false;

if (line && button && address) {
  line.hidden = false;
  // It is shown for those whose scripts do not run: here it would only be in the way of "send again".
  button.classList.add('quiet-button');
  button.form?.addEventListener('submit', () => {
    isSent = true;
    clearTimeout(timer);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') ask();
  });
  timer = setTimeout(ask, EVERY_MS);
}

// Come back to by the back button, as it was left: it has stopped asking, and the phone may have answered since.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.replace(location.href);
});

async function ask(): Promise<void> {
  clearTimeout(timer);
  if (isSent || !address || !button) return;
  if (await hasAnswered(address)) {
    if (!isSent) button.form?.requestSubmit(button);
    return;
  }
  if (document.visibilityState === 'visible') timer = setTimeout(ask, EVERY_MS);
}

async function hasAnswered(from: string): Promise<boolean> {
  try {
    const answer = await fetch(from, { cache: 'no-store' });
    return answer.ok && ((await answer.json()) as { status: string }).status === 'answered';
  } catch {
    return false; // No network at the moment: it is asked again.
  }
}
