// In the browser of a phone: one view at a time. Views are templates of the page; names and numbers are put in as text, so
// nothing that an account is called can become markup.

const stage = document.getElementById('stage');
const trouble = document.getElementById('trouble');
const offline = document.getElementById('offline');

export type Values = Record<string, string>;
export type Deeds = Record<string, (element: HTMLElement) => void | Promise<void>>;

let shown = '';
/** The view on the stage. */
export const onStage = (): string => shown;

/** Brings a view to the stage. `deeds`: what its buttons and forms do; `prepare` fills lists before it is seen. */
export function show(name: string, values: Values = {}, deeds: Deeds = {}, prepare?: (root: DocumentFragment) => void) {
  const template = document.getElementById(`view-${name}`);
  if (!stage || !(template instanceof HTMLTemplateElement)) return;
  const root = template.content.cloneNode(true) as DocumentFragment;
  prepare?.(root);
  fill(root, values);
  for (const element of root.querySelectorAll<HTMLElement>('[data-do]')) listen(element, deeds);
  const isLater = shown !== '';
  shown = name;
  tell(undefined);
  stage.replaceChildren(root);
  // Who only hears the page is told that it is another one; the first one is read anyway.
  const heading = stage.querySelector<HTMLElement>('h1');
  if (isLater) heading?.focus();
  if (heading) document.title = `${heading.textContent} | ${document.title.split(' | ').at(-1)}`;
}

/** Rows of a list: one copy of the template `row` for each entry, each with values and marks of its own. */
export function rows(root: ParentNode, row: string, entries: { values: Values; mark: string }[]): void {
  const template = root.querySelector<HTMLTemplateElement>(`template[data-row="${row}"]`);
  for (const { values, mark } of entries) {
    const copy = template?.content.cloneNode(true) as DocumentFragment;
    fill(copy, values);
    for (const element of copy.querySelectorAll<HTMLElement>('[data-do]')) element.dataset.mark = mark;
    template?.before(copy);
  }
}

/** An error above the view; undefined takes it away. */
export function tell(text: string | undefined): void {
  if (!trouble) return;
  trouble.textContent = text ?? '';
  trouble.hidden = text === undefined;
}

export function showOffline(is: boolean): void {
  if (offline) offline.hidden = !is;
}

function listen(element: HTMLElement, deeds: Deeds): void {
  const act = deeds[element.dataset.do ?? ''];
  const isForm = element instanceof HTMLFormElement;
  element.addEventListener(isForm ? 'submit' : 'click', (event) => {
    event.preventDefault();
    act?.(element);
  });
}

/** In one pass: what a value holds is not looked at again. */
function fill(root: ParentNode, values: Values): void {
  const put = (text: string) =>
    text.replaceAll(/\$\{(\w+)\}/g, (written, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? '') : written,
    );
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) node.data = put(node.data);
    else if (node instanceof Element && node.hasAttribute('aria-label')) {
      node.setAttribute('aria-label', put(node.getAttribute('aria-label') ?? ''));
    }
  }
}
