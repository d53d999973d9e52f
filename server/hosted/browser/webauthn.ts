// In the browser: a page asks for a key or a passkey, and sends its form with what was signed. It begins by itself where a
// browser allows that; the button does the same, and whatever goes wrong then is told by a page of its own.
import type * as Browser from '@simplewebauthn/browser';

type Answer = Browser.AuthenticationResponseJSON | Browser.RegistrationResponseJSON;

const { SimpleWebAuthnBrowser: keys } = globalThis as { SimpleWebAuthnBrowser?: typeof Browser };
const place = document.querySelector<HTMLElement>('[data-ceremony]');
const form = place?.closest('form');
const button = form?.querySelector<HTMLButtonElement>('[data-ceremony-start]');
const line = form?.querySelector<HTMLElement>('[data-waiting]');
const openedAt = performance.now();
let isSent = false;

if (place && form && button && keys) begin(place, form, button, keys);
// Come back to by the back button, as it was left: what it asked for may have been answered since.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

function begin({ dataset }: HTMLElement, form: HTMLFormElement, button: HTMLButtonElement, keys: typeof Browser): void {
  const options = JSON.parse(dataset.options ?? '{}') as { timeout: number };
  const isPasskey = dataset.ceremony === 'passkey';
  form.addEventListener('submit', () => {
    isSent = true;
  });
  button.addEventListener('click', (event) => {
    event.preventDefault();
    if (dataset.ceremony === 'get' && performance.now() - openedAt >= options.timeout) send(form, 'try-again');
    else void ask(false);
  });
  const part = form.querySelector<HTMLElement>('[data-with-ceremony]');
  if (part) part.hidden = dataset.shows !== 'button' || !keys.browserSupportsWebAuthn();
  if (dataset.begins === 'ask') void ask(true);
  if (dataset.begins === 'autofill') void offer();
  // After a refusal the browser's list opens only when the person asks for it: it must not answer by itself again.
  if (dataset.begins === 'autofill-later') {
    const field = document.querySelector('input[autocomplete$="webauthn"]');
    field?.addEventListener('pointerdown', () => void offer(), { once: true });
  }

  /** @param byItself nobody pressed the button: a browser that wants it pressed first is no error. */
  async function ask(byItself: boolean): Promise<void> {
    if (!keys.browserSupportsWebAuthn()) {
      if (isPasskey || byItself) return;
      send(form, errorAction({ name: 'NotSupportedError', message: '' }));
      return;
    }
    say(line?.dataset.waiting);
    try {
      const optionsJSON = options as never;
      const answer =
        dataset.ceremony === 'create'
          ? await keys.startRegistration({ optionsJSON })
          : await keys.startAuthentication({ optionsJSON });
      send(form, isPasskey ? 'passkey' : 'default', answer);
    } catch (error) {
      // Another ceremony took its place, or the person went another way.
      if (isSent || isAborted(error)) return;
      say();
      if (isPasskey) void offer();
      else if (!byItself) send(form, errorAction(error as Error));
    }
  }

  /** Passkeys in the list that a browser opens below the field for the name. */
  async function offer(): Promise<void> {
    if (dataset.autofill === undefined || !(await keys.browserSupportsWebAuthnAutofill())) return;
    try {
      const optionsJSON = options as never;
      send(form, 'passkey', await keys.startAuthentication({ optionsJSON, useBrowserAutofill: true }));
    } catch {
      // The person types a name instead, presses the button, or the browser has nothing to offer.
    }
  }
}

function isAborted(error: unknown): boolean {
  return (
    (error as { name?: string }).name === 'AbortError' || (error as { code?: string }).code === 'ERROR_CEREMONY_ABORTED'
  );
}

function errorAction({ name, message }: { name: string; message: string }): string {
  return `showError::${JSON.stringify({ name, message: message.slice(0, 200) })}`;
}

function say(text = ''): void {
  if (!line) return;
  line.classList.toggle('waiting', text !== '');
  const spinner = document.createElement('span');
  spinner.className = 'spinner';
  line.replaceChildren(...(text === '' ? [] : [spinner, text]));
}

/** Once: a page that is being left sends nothing more. */
function send(form: HTMLFormElement, action: string, answer?: Answer): void {
  if (isSent) return;
  isSent = true;
  const field = form.querySelector<HTMLInputElement>('input[name="response"]');
  if (field && answer) field.value = JSON.stringify(answer);
  const pressed = document.createElement('input');
  Object.assign(pressed, { type: 'hidden', name: 'action', value: action });
  form.append(pressed);
  form.submit();
}
