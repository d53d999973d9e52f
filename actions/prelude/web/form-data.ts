// Guest code: FormData, XMLHttpRequest standard §5.

import { Blob, bytesOfBlob, File } from './blob.ts';
import { giveName } from './give-name.ts';

export type FormValue = string | File;

/** Files stay as they are; a blob becomes a file. */
function readValue(value: unknown, fileName: unknown): FormValue {
  if (value instanceof File && fileName === undefined) return value;
  if (value instanceof Blob) {
    const name = fileName === undefined ? 'blob' : `${fileName}`;
    const lastModified = value instanceof File ? { lastModified: value.lastModified } : {};
    return new File([bytesOfBlob(value)], name, { type: value.type, ...lastModified });
  }
  if (fileName !== undefined) throw new TypeError('FormData: parameter 2 is not of type "Blob".');
  return `${value}`.toWellFormed();
}

export class FormData {
  #entries: [name: string, value: FormValue][] = [];

  static {
    giveName(FormData, 'FormData');
  }

  constructor(form?: unknown) {
    if (form !== undefined) throw new TypeError('FormData constructor: there are no form elements here.');
  }

  append(name: string, value: unknown, fileName?: string): void {
    this.#entries.push([`${name}`.toWellFormed(), readValue(value, fileName)]);
  }
  set(name: string, value: unknown, fileName?: string): void {
    const key = `${name}`.toWellFormed();
    const entry: [string, FormValue] = [key, readValue(value, fileName)];
    const at = this.#entries.findIndex(([other]) => other === key);
    if (at < 0) this.#entries.push(entry);
    else {
      this.#entries = this.#entries.filter(([other], i) => i <= at || other !== key);
      this.#entries[at] = entry;
    }
  }
  delete(name: string): void {
    const key = `${name}`.toWellFormed();
    this.#entries = this.#entries.filter(([other]) => other !== key);
  }
  get(name: string): FormValue | null {
    const key = `${name}`.toWellFormed();
    return this.#entries.find(([other]) => other === key)?.[1] ?? null;
  }
  getAll(name: string): FormValue[] {
    const key = `${name}`.toWellFormed();
    return this.#entries.filter(([other]) => other === key).map(([, value]) => value);
  }
  has(name: string): boolean {
    const key = `${name}`.toWellFormed();
    return this.#entries.some(([other]) => other === key);
  }
  forEach(callback: (value: FormValue, name: string, form: FormData) => void, self?: unknown): void {
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }
  *entries(): Generator<[string, FormValue], undefined> {
    for (let at = 0; at < this.#entries.length; at++) yield [...(this.#entries[at] as [string, FormValue])];
    return undefined;
  }
  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
    return undefined;
  }
  *values(): Generator<FormValue, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }
  [Symbol.iterator](): Generator<[string, FormValue], undefined> {
    return this.entries();
  }
  get [Symbol.toStringTag](): string {
    return 'FormData';
  }
}
