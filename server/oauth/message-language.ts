// Server, protocol: the language of messages that a request without pages sends.
import type { Caller } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import { chooseLanguage } from '../hosted/language.ts';

/** What the caller asked for, among the tenant's languages. */
export function messageLanguage({ enabledLocales }: TenantRecord, { language }: Caller): string {
  return chooseLanguage(enabledLocales, language === undefined ? [] : [language], undefined);
}
