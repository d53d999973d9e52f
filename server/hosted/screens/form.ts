// Server, hosted pages: a form that the tenant stored and a script shows, all its steps on one page.
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import { form } from '../form.ts';
import { refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';
import { readAnswers } from '../stored-form/answers.ts';
import type { FormPart, StoredForm } from '../stored-form/definition.ts';
import { showPart } from '../stored-form/show-part.ts';

export const formScreen: Screen = {
  prompt: 'custom-form',
  name: 'form',
  title: (view) => formOf(view).title,
  takesRepeatedFields: true,
  isOpen: ({ form: stored }) => stored !== undefined,
  body: (view) => {
    const { title, parts, button } = formOf(view);
    const { notice } = view;
    const first = parts.find((part) => isWrong(part, notice)) ?? parts.find(({ kind }) => kind === 'field');
    return html`<h1>${title}</h1>
${form(
  notice?.key === 'invalid-field' ? { ...view, notice: { ...notice, field: labelOf(parts, notice.field) } } : view,
  html`${parts.map((part, index) => html`${showPart(part, index, view, part === first)}\n`)}
<button type="submit" name="action" value="default"${first ? '' : ' autofocus'}>${button ?? speak(view, 'custom-form', 'form')('buttonText')}</button>`,
)}`;
  },
  read: ({ action = 'default' }, view) => {
    const { state } = view.login;
    if (action !== 'default' || state.name !== 'redirected' || state.ask.kind !== 'form') {
      return refused('authenticator-error');
    }
    const answers = readAnswers(formOf(view), view.sent);
    if (!answers.ok) return { ok: false, notice: { key: 'invalid-field', field: answers.field.id } };
    const { formId: id, vars } = state.ask;
    return { ok: true, input: { kind: 'continued', visit: { kind: 'form', id, fields: answers.fields, vars } } };
  },
};

function formOf({ surroundings: { form: stored } }: View): StoredForm {
  if (!stored) throw new Error('the page of a form without the form');
  return stored;
}

function isWrong(part: FormPart, notice: Notice | undefined): boolean {
  return part.kind === 'field' && notice?.key === 'invalid-field' && part.id === notice.field;
}

/** A field by the name that people know. */
function labelOf(parts: FormPart[], id: string): string {
  const field = parts.find((part) => part.kind === 'field' && part.id === id);
  return field?.kind === 'field' ? field.label : id;
}
