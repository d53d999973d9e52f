// Guest code: Node's `buffer`, the module: the class, and what stands beside it.

import { atob, btoa } from '../web/base64-text.ts';
import { Blob, File } from '../web/blob.ts';
import { decodeUtf8 } from '../web/utf8.ts';
import { Buffer } from './buffer.ts';
import { notAvailable } from './errors.ts';

const MAX_LENGTH = 0x7fffffff;
const viewOf = (value: ArrayBufferView | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);

export default {
  Buffer,
  SlowBuffer: (size: number) => Buffer.allocUnsafeSlow(size),
  Blob,
  File,
  atob,
  btoa,
  INSPECT_MAX_BYTES: 50,
  kMaxLength: MAX_LENGTH,
  kStringMaxLength: 0x1fffffe8,
  constants: { MAX_LENGTH, MAX_STRING_LENGTH: 0x1fffffe8 },
  isUtf8: (value: ArrayBufferView | ArrayBuffer) => decodeUtf8(viewOf(value), true) !== undefined,
  isAscii: (value: ArrayBufferView | ArrayBuffer) => viewOf(value).every((byte) => byte < 128),
  transcode() {
    throw notAvailable('buffer.transcode', 'use Buffer.from and toString');
  },
};
