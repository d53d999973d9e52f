// Test: a page by the Tab key alone: every control is reached, in the order in which it is seen, each shows that it has the
// focus, and one gets out again.
import type { Page } from 'playwright-core';

type Stop = { at: number; outlined: boolean };

/** What is wrong, in words. */
export async function keyboard(page: Page): Promise<string[]> {
  const controls = await page.evaluate(() => {
    const seen = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const groups = new Set<string>();
    const found = [...document.querySelectorAll<HTMLElement>(seen)].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0 || element.matches(':disabled')) return false;
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true;
      // A group of radio buttons is one stop: the chosen one, or the first.
      const ticked = document.querySelector(`input[type=radio][name="${element.name}"]:checked`);
      if (groups.has(element.name) || (ticked && ticked !== element)) return false;
      groups.add(element.name);
      return true;
    });
    for (const [index, element] of found.entries()) element.dataset.stop = String(index);
    return found.map((element) => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return { top, bottom, left, right, text: element.outerHTML.slice(0, 120) };
    });
  });
  const wrong: string[] = [];
  const isRtl = await page.evaluate(() => document.documentElement.dir === 'rtl');
  for (const [index, control] of controls.entries()) {
    const next = controls[index + 1];
    if (!next) break;
    const above = next.bottom <= control.top + 1;
    const beside = next.top < control.bottom - 1 && next.bottom > control.top + 1;
    const before = beside && (isRtl ? next.left >= control.right : next.right <= control.left);
    if (above || before) wrong.push(`comes after what is seen later: ${next.text}`);
  }

  const stops: Stop[] = [];
  // A date field has stops of its own inside, and between the last control and the first lies the browser's own frame.
  const most = controls.length * 4 + 4;
  const reached = new Set<number>();
  for (let press = 0; press < most && reached.size < controls.length; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!(focused instanceof HTMLElement) || focused.dataset.stop === undefined) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return { at: Number(focused.dataset.stop), outlined: outlineStyle !== 'none' && outlineWidth !== '0px' };
    });
    if (!stop || reached.has(stop.at)) continue;
    reached.add(stop.at);
    stops.push(stop);
  }
  for (const [index, control] of controls.entries()) {
    if (!reached.has(index)) wrong.push(`is never reached: ${control.text}`);
  }
  for (const { at, outlined } of stops) {
    if (!outlined) wrong.push(`does not show the focus: ${controls[at]?.text}`);
  }
  const order = stops.map(({ at }) => at);
  const begins = order.indexOf(Math.min(...order));
  const turned = [...order.slice(begins), ...order.slice(0, begins)];
  if (turned.some((at, index) => index > 0 && at < (turned[index - 1] ?? 0))) wrong.push(`are in the order ${order}`);
  return wrong;
}
