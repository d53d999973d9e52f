// Test: what is asked of every page in a browser. Each inspection answers with what is wrong, in words; nothing when all is
// well.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** The rules of WCAG 2.0 to 2.2 up to AA, and good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Finding = { id: string; nodes: { html: string; failureSummary?: string }[] };
type Axe = { run(options: object): Promise<{ violations: Finding[] }> };

/** Violations that axe sees. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (tags) => {
    const { axe: engine } = window as unknown as { axe: Axe };
    const found = await engine.run({ runOnly: { type: 'tag', values: tags } });
    return found.violations;
  }, TAGS);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`),
  );
}

/** Nothing reaches over the edge, is cut off, or lies on something else. */
export function fits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const say = (element: Element) => `<${element.tagName.toLowerCase()} class="${element.className}">`;
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth > clientWidth) wrong.push(`the page is ${scrollWidth} wide, the window ${clientWidth}`);
    const shown = [...document.querySelectorAll('main, main *')].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && height > 0 && !element.closest('svg, [hidden], script, noscript') && !isOnlyHeard(element);
    });
    function isOnlyHeard(element: Element | null): boolean {
      return element !== null && (getComputedStyle(element).clipPath !== 'none' || isOnlyHeard(element.parentElement));
    }
    for (const element of shown) {
      const { left, right } = element.getBoundingClientRect();
      if (left < -1 || right > clientWidth + 1) wrong.push(`${say(element)} reaches from ${left} to ${right}`);
      const { overflowX } = getComputedStyle(element);
      const isField = element.matches('input, select, textarea');
      if (!isField && overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) {
        wrong.push(`${say(element)} is cut off`);
      }
    }
    const controls = shown.filter((element) =>
      element.matches('a, button, input:not([type=hidden]), select, textarea'),
    );
    const boxes = controls.map((element) => ({ element, box: element.getBoundingClientRect() }));
    for (const [index, { element, box }] of boxes.entries()) {
      const other = boxes.slice(index + 1).find((each) => {
        const wide = Math.min(box.right, each.box.right) - Math.max(box.left, each.box.left);
        const high = Math.min(box.bottom, each.box.bottom) - Math.max(box.top, each.box.top);
        return wide > 1 && high > 1 && !element.contains(each.element);
      });
      if (other) wrong.push(`${say(element)} lies on ${say(other.element)}`);
    }
    return wrong;
  });
}

/** Text of twice the size, as people set it in their browsers. */
export async function enlarge(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
}

/** Language, direction, one heading, a title that says where one is, and the focus where the page is about. */
export async function frame(page: Page, language: string, brand: string): Promise<string[]> {
  await settle(page);
  return page.evaluate(
    ([wanted, tenant]) => {
      const wrong: string[] = [];
      const { lang, dir } = document.documentElement;
      if (lang !== wanted) wrong.push(`speaks ${lang}`);
      if (dir !== (['ar', 'he'].includes(wanted) ? 'rtl' : 'ltr')) wrong.push(`runs ${dir}`);
      const headings = document.querySelectorAll('h1');
      if (headings.length !== 1) wrong.push(`has ${headings.length} headings`);
      const [title = '', name] = document.title.split(' | ');
      if (title.trim() === '' || name !== tenant) wrong.push(`is titled "${document.title}"`);
      const first = document.querySelector('[autofocus]');
      if (first && document.activeElement !== first) wrong.push('the focus is elsewhere');
      const texts = 'form input:not([type=hidden], [type=checkbox], [type=radio]), form textarea';
      if (document.querySelector(texts) && !first && !document.querySelector('.wide, #stage'))
        wrong.push('nothing has the focus');
      return wrong;
    },
    [language, brand] as const,
  );
}

/** A browser moves the focus when it has drawn the page. What has not come by then is told with all else that is wrong. */
async function settle(page: Page): Promise<void> {
  const waits = page.locator('[autofocus]:not(:focus)');
  for (let looks = 0; looks < 20 && (await waits.count()) > 0; looks += 1) await page.waitForTimeout(50);
}

/** An error is heard, and tied to the field that it is about. */
export async function refusal(page: Page): Promise<string[]> {
  await settle(page);
  return page.evaluate(() => {
    const wrong: string[] = [];
    const alert = document.querySelector('[role=alert]');
    if (!alert?.textContent?.trim()) wrong.push('no alert');
    const field = document.querySelector('[aria-invalid=true]');
    if (!field) wrong.push('no field is invalid');
    else {
      const ids = field.getAttribute('aria-describedby')?.split(' ') ?? [];
      if (!alert || !ids.includes(alert.id)) wrong.push('the field does not say why it is invalid');
      if (document.activeElement !== field && !field.contains(document.activeElement)) {
        wrong.push('the focus is not at the invalid field');
      }
    }
    return wrong;
  });
}

const CONTROLS = new Set(['button', 'link', 'textbox', 'checkbox', 'radio', 'combobox', 'searchbox', 'spinbutton']);

/** Every control has a name for those who hear the page. */
export async function names(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored, role }) => !ignored && CONTROLS.has(String(role?.value).toLowerCase()))
    .filter(({ name }) => String(name?.value ?? '').trim() === '')
    .map(({ role, nodeId }) => `a ${role?.value} without a name (${nodeId})`);
}
