// Server, stored forms: a part of a form as the page shows it. Everything a tenant wrote is text here.
import { html } from 'hono/html';
import { invalid } from '../form.ts';
import type { Markup } from '../page.ts';
import type { View } from '../screen.ts';
import { speak } from '../speak.ts';
import type { FormField, FormPart } from './definition.ts';

/** @param isFirst the field that is looked at first. */
export function showPart(part: FormPart, index: number, view: View, isFirst: boolean): Markup {
  switch (part.kind) {
    case 'divider':
      return html`<hr>`;
    case 'heading':
      return html`<h2>${part.text}</h2>`;
    case 'paragraph':
      return html`<p>${part.text}</p>`;
    case 'list-entry':
      return html`<p class="entry">${part.text}</p>`;
    case 'field':
      return showField({ field: part, id: `f${index}`, view, isFirst });
  }
}

type Place = { field: FormField; id: string; view: View; isFirst: boolean };

function showField(place: Place): Markup {
  const { field } = place;
  switch (field.type) {
    case 'legal':
      return html`${tick(place, { value: 'true', label: field.label }, place.id)}
${hint(place)}`;
    case 'boolean':
    case 'choice':
      return optionList(place);
    default:
      return html`<label for="${place.id}">${label(place)}</label>
${hint(place)}${field.type === 'dropdown' ? dropdown(place) : field.isMultiline ? textArea(place) : line(place)}`;
  }
}

const INPUT_TYPES: Partial<Record<FormField['type'], string>> = {
  email: 'email',
  tel: 'tel',
  url: 'url',
  password: 'password',
  date: 'date',
  time: 'time',
};
const COMPLETIONS: Partial<Record<FormField['type'], string>> = { email: 'email', tel: 'tel', url: 'url' };

function line(place: Place): Markup {
  const { field, id, isFirst } = place;
  const type = INPUT_TYPES[field.type] ?? 'text';
  const mode = field.type === 'number' ? html` inputmode="decimal"` : '';
  // A password is never sent back to the page.
  const value = field.type === 'password' ? '' : (valuesIn(place)[0] ?? '');
  return html`<input id="${id}" name="${field.name}" type="${type}"${mode} autocomplete="${COMPLETIONS[field.type] ?? 'off'}" placeholder="${field.placeholder}" value="${value}"${states(place)}${isFirst ? ' autofocus' : ''}>`;
}

function textArea(place: Place): Markup {
  const { field, id, isFirst } = place;
  // HTML drops the first line break of the element: one more keeps those of the value.
  return html`<textarea id="${id}" name="${field.name}" rows="4" placeholder="${field.placeholder}"${states(place)}${isFirst ? ' autofocus' : ''}>
${valuesIn(place)[0] ?? ''}</textarea>`;
}

function dropdown(place: Place): Markup {
  const { field, id, view, isFirst } = place;
  const chosen = valuesIn(place);
  const nothing = field.isMultiple
    ? ''
    : html`<option value="">${field.placeholder || speak(view, 'custom-form', 'form')('chooseText')}</option>`;
  return html`<select id="${id}" name="${field.name}"${field.isMultiple ? ' multiple' : ''}${states(place)}${isFirst ? ' autofocus' : ''}>
${nothing}${field.options.map(({ value, label: name }) => html`<option value="${value}"${chosen.includes(value) ? ' selected' : ''}>${name}</option>`)}
</select>`;
}

function optionList(place: Place): Markup {
  const { field, id, view } = place;
  const say = speak(view, 'custom-form', 'form');
  return html`<fieldset${field.isMultiple ? '' : html` role="radiogroup"`}${states(place)}>
<legend>${label(place)}</legend>
${hint(place)}${field.options.map(({ value, label: name }, index) =>
  tick(place, { value, label: name || say(value === 'true' ? 'yesText' : 'noText') }, `${id}-${index}`, index),
)}
</fieldset>`;
}

function tick(place: Place, option: { value: string; label: string }, id: string, index = 0): Markup {
  const { field, isFirst } = place;
  const isBox = field.type === 'legal' || field.isMultiple;
  const ticked = valuesIn(place).includes(option.value) ? ' checked' : '';
  const own = field.type === 'legal' ? states(place) : '';
  return html`<p class="tick"><input id="${id}" name="${field.name}" type="${isBox ? 'checkbox' : 'radio'}" value="${option.value}"${ticked}${own}${isFirst && index === 0 ? ' autofocus' : ''}><label for="${id}">${option.label}</label></p>
`;
}

function label({ field, view }: Place): Markup {
  return html`${field.label}${field.isRequired ? '' : html` <small>(${speak(view, 'custom-form', 'form')('optionalText')})</small>`}`;
}

function hint({ field, id }: Place): Markup | '' {
  return field.hint === '' ? '' : html`<p class="hint" id="${id}-hint">${field.hint}</p>\n`;
}

function states({ field, id, view }: Place): Markup {
  const { notice } = view;
  const isWrong = notice?.key === 'invalid-field' && notice.field === field.id;
  // A group of boxes knows no such attribute.
  const isGroup = field.type === 'choice' && field.isMultiple;
  const required = field.isRequired && !isGroup ? html` aria-required="true"` : '';
  return html`${required}${invalid(isWrong, ...(field.hint === '' ? [] : [`${id}-hint`]))}`;
}

/** What the person sent, or what stands in it at first. */
function valuesIn({ field, view }: Place): readonly string[] {
  return view.sent.size === 0 ? field.initial : (view.sent.get(field.name) ?? []);
}
