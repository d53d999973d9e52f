// Test: a form of a tenant's with most of what a form can hold, as its management stores it.
import type { JsonObject } from '#storage/records.ts';

const field = (id: string, type: string, label: string, more: JsonObject = {}): JsonObject => ({
  id,
  type,
  category: 'FIELD',
  label,
  ...more,
});

export const FORM: JsonObject = {
  start: { next_node: 'welcome' },
  nodes: [
    {
      id: 'welcome',
      type: 'STEP',
      config: {
        next_node: '$ending',
        components: [
          {
            id: 'text-1',
            type: 'RICH_TEXT',
            category: 'BLOCK',
            config: { content: '<h2>Tell us about you</h2><p>It helps us to show what matters to you.</p>' },
          },
          field('nick', 'TEXT', 'Nickname', { required: true, hint: 'What your team calls you' }),
          field('born', 'DATE', 'Date of birth'),
          field('team', 'DROPDOWN', 'Team', {
            config: {
              placeholder: 'Choose one',
              options: [
                { value: 'design', label: 'Design' },
                { value: 'sales', label: 'Sales' },
              ],
            },
          }),
          field('news', 'CHOICE', 'Newsletter', {
            config: {
              options: [
                { value: 'weekly', label: 'Every week' },
                { value: 'never', label: 'Never' },
              ],
            },
          }),
          field('terms', 'LEGAL', 'Terms', { required: true, config: { text: 'I agree to the terms of service' } }),
          { id: 'next-1', type: 'NEXT_BUTTON', category: 'BLOCK', config: { text: 'Continue' } },
        ],
      },
    },
  ],
};
