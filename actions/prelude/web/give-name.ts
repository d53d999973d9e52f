// Guest code: the bundler renames a class whose name stands for something else in the same bundle; packages look at names.

/** Makes a class answer to the name it has on the platform. */
export function giveName(value: object, name: string): void {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
}
