// Tests: slow suites take turns. A run of the whole takes so many of each group, another choice each time, and says which
// sit out; `npm run test:long` takes all, and so does a run of named files. Every subject has a suite that always runs.
const GROUPS: readonly { most: number; files: readonly string[] }[] = [
  {
    // Real Chromium; login.test.ts is always there.
    most: 4,
    files: [
      'test/browser/push.test.ts',
      'test/browser/webauthn.test.ts',
      'test/browser/enrollment.test.ts',
      'test/browser/gallery/gallery.test.ts',
      'test/browser/looks.test.ts',
      'test/browser/inbox.test.ts',
      'test/browser/reset.test.ts',
    ],
  },
  {
    // A process that is killed, and what its successor finds.
    most: 2,
    files: [
      'test/server/kill.test.ts',
      'test/server/kill-messages.test.ts',
      'test/server/kill-exchange.test.ts',
      'test/server/oauth/back-channel-kill.test.ts',
      'test/server/json-flow/kill-flow.test.ts',
    ],
  },
  { most: 1, files: ['test/model/logins-first.test.ts', 'test/model/logins-second.test.ts'] },
  {
    most: 3,
    files: [
      'test/clients/web-applications.test.ts',
      'test/clients/spa.test.ts',
      'test/clients/openid-client.test.ts',
      'test/clients/auth0-v6.test.ts',
    ],
  },
  {
    // Real npm packages, generated types, guesses by the clock, everything twice at once.
    most: 3,
    files: [
      'test/runtime/builds/packages.test.ts',
      'test/actions/author-types.test.ts',
      'test/server/attacks/enumeration-by-time.test.ts',
      'test/server/attacks/double-submits.test.ts',
      'test/server/fuzz/fuzz.test.ts',
    ],
  },
];

/** Those that this run leaves out. `argv`: of the process; names of files in it mean these and no choice. */
export function sittingOut(argv: readonly string[] = process.argv): string[] {
  const [command, ...words] = argv.slice(2);
  const named = words.some((word) => !word.startsWith('-'));
  if (command !== 'run' || named || process.env.SALLYPORT_TEST_LONG === '1') return [];
  return GROUPS.flatMap(({ most, files }) =>
    files
      .map((file) => ({ file, lot: Math.random() }))
      .sort((a, b) => a.lot - b.lot)
      .slice(most)
      .map(({ file }) => file),
  ).sort();
}
