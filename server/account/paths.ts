// Server, account: where the pages lie on which people look after their own account.

export const ACCOUNT_PATH = '/u/account';
export const ADD_PATH = '/u/account-add-factor';
export const NAME_PATH = '/u/account-name-factor';
export const REMOVE_PATH = '/u/account-remove-factor';
export const RECOVERY_PATH = '/u/account-recovery-code';
export const HISTORY_PATH = '/u/account-history';
export const SESSIONS_PATH = '/u/account-sessions';
