// Tests: slow suites take turns. A run of the whole takes so many of each group, another choice each time, and says which
// sit out; `npm run test:long` takes all, and so does a run of named files. Every subject has a suite that always runs.
const GROUPS: readonly { most: number; files: readonly string[] }[] = [
  // Two minutes by themselves: CI runs them beside these (`.ci/second-look.ts`).
  { most: 0, files: ['test/clients/deploy-tool.test.ts'] },
  {
    // Real Chromium; login.test.ts is always there.
    most: 2,
    files: [
      'test/browser/push.test.ts',
      'test/browser/webauthn.test.ts',
      'test/browser/enrollment.test.ts',
      'test/browser/gallery/gallery.test.ts',
      'test/browser/looks.test.ts',
      'test/browser/inbox.test.ts',
      'test/browser/timeline.test.ts',
      'test/browser/reset.test.ts',
      'test/browser/device.test.ts',
      'test/browser/passwordless.test.ts',
      'test/browser/json-flow.test.ts',
    ],
  },
  {
    // A process that starts, ends or is killed, and what its successor finds.
    most: 2,
    files: [
      'test/server/process.test.ts',
      'test/server/kill.test.ts',
      'test/server/kill-messages.test.ts',
      'test/server/kill-exchange.test.ts',
      'test/server/oauth/back-channel-kill.test.ts',
      'test/server/json-flow/kill-flow.test.ts',
    ],
  },
  {
    // Logins by dice.
    most: 1,
    files: [
      'test/model/logins-first.test.ts',
      'test/model/logins-second.test.ts',
      'test/model/json-flow.test.ts',
      'test/server/testing/properties.test.ts',
    ],
  },
  {
    most: 1,
    files: [
      'test/clients/web-applications.test.ts',
      'test/clients/spa.test.ts',
      'test/clients/openid-client.test.ts',
      'test/clients/auth0-v6.test.ts',
    ],
  },
  {
    // Real npm packages, and what becomes of the lines of an author's file.
    most: 1,
    files: [
      'test/runtime/builds/packages.test.ts',
      'test/runtime/builds/texts.test.ts',
      'test/runtime/builds/line.test.ts',
      'test/actions/author-types.test.ts',
    ],
  },
  {
    // Guesses by the clock, everything twice at once, whatever anybody sends.
    most: 2,
    files: [
      'test/server/attacks/enumeration-by-time.test.ts',
      'test/server/attacks/double-submits.test.ts',
      'test/server/fuzz/fuzz.test.ts',
      'test/server/json-flow/hostile-configuration.test.ts',
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
