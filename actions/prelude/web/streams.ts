// Guest code: the streams of the web, from web-streams-polyfill, and the two for text, Encoding standard §7.4 and §7.5.

import { TransformStream } from 'web-streams-polyfill';
import { giveName } from './give-name.ts';
import { TextDecoder, TextEncoder } from './text-encoding.ts';

export * from 'web-streams-polyfill';

export class TextEncoderStream extends TransformStream<string, Uint8Array> {
  static {
    giveName(TextEncoderStream, 'TextEncoderStream');
  }

  constructor() {
    const encoder = new TextEncoder();
    // The first half of a pair waits for the second.
    let held = '';
    super({
      transform(piece, controller) {
        const text = `${held}${piece}`;
        held = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
        const bytes = encoder.encode(text.slice(0, text.length - held.length));
        if (bytes.length > 0) controller.enqueue(bytes);
      },
      flush(controller) {
        if (held !== '') controller.enqueue(encoder.encode(held));
      },
    });
  }
  get encoding(): string {
    return 'utf-8';
  }
}

export class TextDecoderStream extends TransformStream<Uint8Array, string> {
  static {
    giveName(TextDecoderStream, 'TextDecoderStream');
  }

  readonly #decoder: TextDecoder;

  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) {
    const decoder = new TextDecoder(label, options);
    super({
      transform(piece, controller) {
        const text = decoder.decode(piece, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
    this.#decoder = decoder;
  }
  get encoding(): string {
    return this.#decoder.encoding;
  }
  get fatal(): boolean {
    return this.#decoder.fatal;
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }
}
