// Guest code: classes of the web whose objects are made by the platform alone.

export const illegalConstructor = (): TypeError =>
  Object.assign(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
