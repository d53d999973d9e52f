// Guest code: `util.types`: what a value is, asked of its internal slots, which no property can fake.

const { toString: nameOf } = Object.prototype;

/** Whether a built-in method accepts the value as its own. */
const accepts =
  (method: ((...args: never[]) => unknown) | undefined) =>
  (value: unknown): boolean => {
    try {
      method?.call(value, undefined as never);
      return method !== undefined;
    } catch {
      return false;
    }
  };

const getter = (holder: object, key: PropertyKey) => Object.getOwnPropertyDescriptor(holder, key)?.get as () => unknown;

const typedArrayName = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const named = (name: string) => (value: unknown) => typedArrayName.call(value) === name;
const tagged = (tag: string) => (value: unknown) =>
  (typeof value === 'object' || typeof value === 'function') && nameOf.call(value) === `[object ${tag}]`;

const isNumberObject = accepts(Number.prototype.valueOf);
const isStringObject = accepts(String.prototype.valueOf);
const isBooleanObject = accepts(Boolean.prototype.valueOf);
const isBigIntObject = accepts(BigInt.prototype.valueOf);
const isSymbolObject = accepts(Symbol.prototype.valueOf);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const boxed = (check: (value: unknown) => boolean) => (value: unknown) => isObject(value) && check(value);

const isArrayBuffer = accepts(getter(ArrayBuffer.prototype, 'byteLength'));
const isNativeError = (value: unknown): boolean =>
  (Error as unknown as { isError?: (value: unknown) => boolean }).isError?.(value) ?? tagged('Error')(value);

export const types = {
  isAnyArrayBuffer: isArrayBuffer,
  isArrayBuffer,
  isArrayBufferView: ArrayBuffer.isView,
  isAsyncFunction: (value: unknown) => typeof value === 'function' && /^\[object Async/.test(nameOf.call(value)),
  isBigInt64Array: named('BigInt64Array'),
  isBigIntObject: boxed(isBigIntObject),
  isBigUint64Array: named('BigUint64Array'),
  isBooleanObject: boxed(isBooleanObject),
  isBoxedPrimitive: (value: unknown) =>
    isObject(value) &&
    [isNumberObject, isStringObject, isBooleanObject, isBigIntObject, isSymbolObject].some((check) => check(value)),
  isCryptoKey: tagged('CryptoKey'),
  isDataView: accepts(getter(DataView.prototype, 'byteLength')),
  isDate: accepts(Date.prototype.getTime),
  isExternal: () => false,
  isFloat32Array: named('Float32Array'),
  isFloat64Array: named('Float64Array'),
  isGeneratorFunction: (value: unknown) =>
    typeof value === 'function' && /^\[object (?:Async)?GeneratorFunction\]$/.test(nameOf.call(value)),
  isGeneratorObject: tagged('Generator'),
  isInt8Array: named('Int8Array'),
  isInt16Array: named('Int16Array'),
  isInt32Array: named('Int32Array'),
  isKeyObject: tagged('KeyObject'),
  isMap: accepts(getter(Map.prototype, 'size')),
  isMapIterator: tagged('Map Iterator'),
  isModuleNamespaceObject: tagged('Module'),
  isNativeError,
  isNumberObject: boxed(isNumberObject),
  isPromise: tagged('Promise'),
  /** No script can tell: V8 says it to its embedder alone. */
  isProxy: () => false,
  isRegExp: accepts(getter(RegExp.prototype, 'hasIndices')),
  isSet: accepts(getter(Set.prototype, 'size')),
  isSetIterator: tagged('Set Iterator'),
  isSharedArrayBuffer: () => false,
  isStringObject: boxed(isStringObject),
  isSymbolObject: boxed(isSymbolObject),
  isTypedArray: (value: unknown) => typedArrayName.call(value) !== undefined,
  isUint8Array: named('Uint8Array'),
  isUint8ClampedArray: named('Uint8ClampedArray'),
  isUint16Array: named('Uint16Array'),
  isUint32Array: named('Uint32Array'),
  isWeakMap: accepts(WeakMap.prototype.has as never),
  isWeakSet: accepts(WeakSet.prototype.has as never),
};
