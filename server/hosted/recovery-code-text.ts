// Server, hosted pages: a recovery code to be kept: as text that prints, as a file, and, where scripts run, by a button
// that copies it.
import { html } from 'hono/html';
import { keyText } from './app-key.ts';
import { scriptPath } from './assets.ts';
import type { Markup } from './page.ts';

/** What the page has to name in `scripts`. */
export const RECOVERY_CODE_SCRIPT = scriptPath('copy-code');

type SayCode = (key: 'codeText' | 'copyCodeButtonText' | 'downloadCodeButtonText' | 'copiedText') => string;

/** @param brand names the file and says in it what the code is of. */
export function recoveryCodeText(code: string, brand: string, say: SayCode): Markup {
  const file = `${brand}: ${say('codeText')}\n${(code.match(/.{1,4}/g) ?? []).join(' ')}\n`;
  return html`${keyText(code, say('codeText'), { isAlone: true })}
<div class="row">
<button class="plain-button" type="button" data-copies="${code}" data-copied="${say('copiedText')}" hidden>${say('copyCodeButtonText')}</button>
<a class="button plain-button" href="data:text/plain;charset=utf-8,${encodeURIComponent(file)}" download="recovery-code.txt">${say('downloadCodeButtonText')}</a>
</div>
<p class="unseen" role="status" data-copy-status></p>`;
}
