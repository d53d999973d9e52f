// The table of factors: which test stands in which cell.
import { AT_CLIENT, type ClientKind } from './at-client.ts';
import { AT_PAGES } from './at-pages.ts';
import type { Cell, Column, FactorTable } from './columns.ts';
import {
  associateApp,
  associateDevice,
  associateMailbox,
  associatePhoneBy,
  enrollApp,
  enrollDevice,
  enrollKeyBy,
  enrollPhoneBy,
  enrollRecoveryCode,
  givenWithTheFirst,
} from './enrolling.ts';
import { KINDS, type Kind } from './kinds.ts';
import {
  challengePasskey,
  enrollPasskey,
  expiredPasskey,
  passwordInstead,
  removedPasskey,
  replayedPasskey,
  wrongPasskey,
} from './passkey.ts';

const NO_BROWSER: Cell = { never: 'a client has no browser that could be remembered' };
const NO_KEYS: Cell = { never: 'the MFA API knows no WebAuthn: keys are asked for by pages' };
const NO_PASSKEYS: Cell = { never: 'a passkey is the first factor, and the MFA API knows second ones' };
const SELF_ENROLLED: Cell = { never: 'on pages the verified address of the account enrolls itself' };
const TIMELESS: Cell = { never: 'a recovery code has no end; it is good until it is used' };
const FIRST_FACTOR: Cell = { never: 'only second factors are spared in a remembered browser' };

type Doors = Record<'pages' | 'MFA API', Cell>;
type Rest = Exclude<Column, 'enroll'>;

/** Everything that all factors have in common. */
function pagesOf(kind: Kind): { [C in Rest]: Cell } {
  const cell =
    (column: Rest): Cell =>
    (desk) =>
      AT_PAGES[column](desk, kind);
  return {
    challenge: cell('challenge'),
    wrong: cell('wrong'),
    expired: cell('expired'),
    replayed: cell('replayed'),
    'other method': cell('other method'),
    remembered: cell('remembered'),
    removed: cell('removed'),
  };
}

function clientOf(kind: Kind & { name: ClientKind }): { [C in Rest]: Cell } {
  const cell =
    (column: Exclude<Rest, 'remembered'>): Cell =>
    (desk) =>
      AT_CLIENT[column](desk, kind);
  return {
    challenge: cell('challenge'),
    wrong: cell('wrong'),
    expired: cell('expired'),
    replayed: cell('replayed'),
    'other method': cell('other method'),
    remembered: NO_BROWSER,
    removed: cell('removed'),
  };
}

function rowOf(enroll: Doors, pages: { [C in Rest]: Cell }, client: { [C in Rest]: Cell }) {
  const both = (column: Rest): Doors => ({ pages: pages[column], 'MFA API': client[column] });
  return {
    enroll,
    challenge: both('challenge'),
    wrong: both('wrong'),
    expired: both('expired'),
    replayed: both('replayed'),
    'other method': both('other method'),
    remembered: both('remembered'),
    removed: both('removed'),
  };
}

const all = (cell: Cell): { [C in Rest]: Cell } => ({
  challenge: cell,
  wrong: cell,
  expired: cell,
  replayed: cell,
  'other method': cell,
  remembered: cell,
  removed: cell,
});

const both = (name: ClientKind, enroll: Doors, more: { expired?: Cell } = {}) => {
  const kind = { ...KINDS[name], name };
  return rowOf(enroll, { ...pagesOf(kind), ...more }, { ...clientOf(kind), ...more });
};

const key = (name: 'webauthn-platform' | 'webauthn-roaming') =>
  rowOf({ pages: enrollKeyBy(name), 'MFA API': NO_KEYS }, pagesOf(KINDS[name]), all(NO_KEYS));

export const TABLE: FactorTable = {
  otp: both('otp', { pages: enrollApp, 'MFA API': associateApp }),
  email: both('email', { pages: SELF_ENROLLED, 'MFA API': associateMailbox }),
  'phone by sms': both('phone by sms', { pages: enrollPhoneBy('sms'), 'MFA API': associatePhoneBy('sms') }),
  'phone by voice': both('phone by voice', { pages: enrollPhoneBy('voice'), 'MFA API': associatePhoneBy('voice') }),
  'push-notification': both('push-notification', { pages: enrollDevice, 'MFA API': associateDevice }),
  'webauthn-platform': key('webauthn-platform'),
  'webauthn-roaming': key('webauthn-roaming'),
  'recovery-code': both(
    'recovery-code',
    { pages: enrollRecoveryCode, 'MFA API': givenWithTheFirst },
    { expired: TIMELESS },
  ),
  passkey: rowOf(
    { pages: enrollPasskey, 'MFA API': NO_PASSKEYS },
    {
      challenge: challengePasskey,
      wrong: wrongPasskey,
      expired: expiredPasskey,
      replayed: replayedPasskey,
      'other method': passwordInstead,
      remembered: FIRST_FACTOR,
      removed: removedPasskey,
    },
    all(NO_PASSKEYS),
  ),
};
