// Server, push: the addresses of the page that makes a phone a device.
import type { TenantRecord } from '#storage/records.ts';

export const PUSH_PATH = '/push';
export const API_PATH = '/push/api';
export const ENROLL_PATH = '/push/enroll';
export const MANIFEST_PATH = '/push/manifest.webmanifest';
export const ICON_PATH = '/push/icon.svg';

/**
 * What the picture holds. The key is in the fragment: a browser sends that to nobody, so it stands in no log and in no
 * `Referer` (RFC 9110 §4.2.5).
 */
export function enrollmentAddress({ baseUrl }: Pick<TenantRecord, 'baseUrl'>, key: string): string {
  return `${baseUrl}${ENROLL_PATH}#${key}`;
}
