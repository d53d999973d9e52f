// Guest code: X.509 certificates, as far as reading them goes.

import type { Buffer } from '../buffer.ts';
import { type Binary, computeRecord, fromBase64, wire } from './compute.ts';
import { type Described, describedKey, type KeyObject } from './key-object.ts';

type Read = {
  fields: Record<string, string>;
  more: Record<string, unknown>;
  text: string;
  raw: string;
  publicKey: Described;
};

const read = new WeakMap<X509Certificate, Read>();

export class X509Certificate {
  declare readonly subject: string;
  declare readonly issuer: string;

  constructor(certificate: Binary) {
    const answer = computeRecord<Read>('certificate', { data: wire(certificate, 'buffer') });
    read.set(this, answer);
    for (const [name, value] of Object.entries({ ...answer.fields, ...answer.more })) {
      Object.defineProperty(this, name, { value, enumerable: false });
    }
  }

  get validFromDate(): Date {
    return new Date(this.#read().fields.validFrom ?? '');
  }

  get validToDate(): Date {
    return new Date(this.#read().fields.validTo ?? '');
  }

  get publicKey(): KeyObject {
    return describedKey(this.#read().publicKey);
  }

  get raw(): Buffer {
    return fromBase64(this.#read().raw);
  }

  toString(): string {
    return this.#read().text;
  }

  toJSON(): string {
    return this.toString();
  }

  #read(): Read {
    return read.get(this) as Read;
  }
}
