// Guest code: DOMException, Web IDL §2.8. What aborts, cryptography and cloning throw.

import { giveName } from './give-name.ts';

/** Names that have a number of old; Web IDL, table 1. */
const CODES: Readonly<Record<string, number>> = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

const CONSTANTS: Readonly<Record<string, number>> = {
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
};

export class DOMException extends Error {
  readonly #name: string;

  /** `options`: a name, or Node's `{ name, cause }`. */
  constructor(message: unknown = '', options: unknown = 'Error') {
    super(`${message}`);
    if (typeof options === 'object' && options !== null) {
      const { name, cause } = options as { name?: unknown; cause?: unknown };
      this.#name = name === undefined ? 'Error' : `${name}`;
      if ('cause' in options)
        Object.defineProperty(this, 'cause', { value: cause, configurable: true, writable: true });
    } else this.#name = `${options}`;
    // The stack was written before the name was known.
    const { stack } = this;
    if (typeof stack === 'string') {
      const value = stack.replace(/^Error/, this.#name);
      Object.defineProperty(this, 'stack', { value, configurable: true, writable: true, enumerable: false });
    }
  }

  override get name(): string {
    return this.#name;
  }

  get code(): number {
    return CODES[this.#name] ?? 0;
  }

  get [Symbol.toStringTag](): string {
    return 'DOMException';
  }
}

for (const name in CONSTANTS) {
  const constant = { value: CONSTANTS[name], enumerable: true };
  Object.defineProperty(DOMException, name, constant);
  Object.defineProperty(DOMException.prototype, name, constant);
}
giveName(DOMException, 'DOMException');

/** An exception of that name whose stack begins where the shim was called. */
export function exceptionOf(name: string, message: string): DOMException {
  return new DOMException(message, name);
}
