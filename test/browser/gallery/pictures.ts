// Test: which pictures of scenes there are, where they lie, and the page of the documentation that shows them.
import { join } from 'node:path';
import type { Look } from './eye.ts';
import type { Flow, Scene } from './scene.ts';
import { FLOWS } from './scene.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
export const PICTURES = join(DOCS, 'screens');
export const PICTURES_PAGE = join(DOCS, 'screens.md');

type Picture = { file: string; look: Look & { language: 'en' | 'ja'; scheme: 'light' | 'dark' } };

/** Where dark pages are shown too. */
const IN_THE_DARK: readonly string[] = ['login', 'mfa-login-options'];

export function picturesOf({ name }: Pick<Scene, 'name'>): Picture[] {
  const schemes = IN_THE_DARK.includes(name) ? (['light', 'dark'] as const) : (['light'] as const);
  return schemes.flatMap((scheme) =>
    (['en', 'ja'] as const).map((language) => ({
      file: `${name}.${language}${scheme === 'dark' ? '.dark' : ''}.png`,
      look: { language, scheme },
    })),
  );
}

const TITLES: Record<Flow, string> = {
  'sign-in': 'Coming in',
  factor: 'Showing a factor',
  enrollment: 'Getting a factor',
  password: 'A forgotten password, a blocked account, an address',
  account: 'The account page',
  device: 'Connecting a device, logging out',
  phone: 'A phone that approves sign-ins',
  problem: 'When something went wrong',
};

const HEAD = `# Screens

Every page that people meet, as a browser shows it 480 pixels wide: light, in English and in Japanese; two of them in the
dark too. \`npm run screens\` takes the pictures anew and writes this page, with the letters of the machine's fonts (here
Inter and Noto Sans JP). The names are those of the screens, as their paths below \`/u/\` and the Management API's texts have
them. A test looks that no screen is missing, and others look at each of these pages in a browser
(\`test/browser/gallery/\`).
`;

/** The whole text of the page that shows the pictures. */
export function picturesPage(scenes: readonly Scene[]): string {
  const parts = FLOWS.flatMap((flow) => {
    const shown = scenes.filter((scene) => scene.flow === flow);
    if (shown.length === 0) return [];
    const rows = shown.map((scene) => {
      const images = picturesOf(scene).map(({ file, look: { language, scheme } }) => {
        const words = `${scene.name}, ${language === 'en' ? 'English' : 'Japanese'}${scheme === 'dark' ? ', dark' : ''}`;
        return { language, image: `<img src="screens/${file}" width="240" alt="${words}">` };
      });
      const cell = (wanted: string) =>
        images
          .filter(({ language }) => language === wanted)
          .map(({ image }) => image)
          .join(' ');
      return `| \`${scene.name}\` | ${cell('en')} | ${cell('ja')} |`;
    });
    return [`\n## ${TITLES[flow]}\n\n| screen | English | Japanese |\n|---|---|---|\n${rows.join('\n')}\n`];
  });
  return HEAD + parts.join('');
}
