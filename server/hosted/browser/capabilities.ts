// In the browser: finds out which keys it can ask for, and writes that into the form. A page that is there for nothing else
// is sent at once.

const fields = document.querySelector<HTMLInputElement>('input[name="js-available"]');
const form = fields?.form;

if (form) void fill(form);

async function fill(form: HTMLFormElement): Promise<void> {
  const hasKeys = 'PublicKeyCredential' in globalThis;
  const values = {
    'is-brave': 'brave' in navigator,
    'webauthn-available': hasKeys,
    'webauthn-platform-available': hasKeys && (await hasPlatform()),
    'allow-passkeys': hasKeys,
    // Last: with it the others count.
    'js-available': true,
  };
  for (const [name, value] of Object.entries(values)) {
    const field = form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (field) field.value = String(value);
  }
  const button = form.querySelector<HTMLButtonElement>('[data-goes-on]');
  if (button) form.requestSubmit(button);
}

async function hasPlatform(): Promise<boolean> {
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false; // Forbidden here.
  }
}
