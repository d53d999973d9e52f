// Management: profiles by which others would set up connections and map attributes. Both are kept for tools that manage whole
// tenants; nobody sets up anything by them here.
import { z } from 'zod';
import { answer, refuse } from './answer.ts';
import { jsonObject, text } from './fields.ts';
import { keptFamily } from './kept-family.ts';
import { type Route, route } from './route.ts';

const switched = z.enum(['none', 'optional', 'required']).optional();

const CONNECTION_PROFILE = refuse(404, 'The connection profile does not exist.', 'inexistent_connection_profile');
const ATTRIBUTE_PROFILE = refuse(
  404,
  'The user attribute profile does not exist.',
  'inexistent_user_attribute_profile',
);

const template = z.looseObject({ id: z.string(), display_name: z.string() });

export const profileRoutes: Route[] = [
  // Before `/:id`, of which they would be one.
  route({
    method: 'GET',
    path: '/connection-profiles/templates',
    scopes: ['read:connection_profiles'],
    summary: 'An empty list: no template of connection profiles is kept',
    answers: { 200: z.strictObject({ connection_profile_templates: z.array(template) }) },
    handle: async () => answer({ connection_profile_templates: [] }),
  }),

  route({
    method: 'GET',
    path: '/user-attribute-profiles/templates',
    scopes: ['read:user_attribute_profiles'],
    summary: 'An empty list: no template of user attribute profiles is kept',
    answers: { 200: z.strictObject({ user_attribute_profile_templates: z.array(template) }) },
    handle: async () => answer({ user_attribute_profile_templates: [] }),
  }),

  ...keptFamily({
    kind: 'connection-profile',
    path: '/connection-profiles',
    one: 'connection profile',
    stem: 'connection_profiles',
    plural: 'connection_profiles',
    prefix: 'cop',
    most: 100,
    missing: CONNECTION_PROFILE,
    taken: refuse(409, 'A connection profile with this name already exists.'),
    name: text(50),
    properties: {
      organization: z.strictObject({ show_as_button: switched, assign_membership_on_login: switched }).optional(),
      connection_name_prefix_template: text(255).optional(),
      enabled_features: z
        .array(z.enum(['scim', 'universal_logout']))
        .max(2)
        .optional(),
      connection_config: jsonObject.optional(),
      strategy_overrides: jsonObject.optional(),
    },
  }),

  ...keptFamily({
    kind: 'user-attribute-profile',
    path: '/user-attribute-profiles',
    one: 'user attribute profile',
    stem: 'user_attribute_profiles',
    plural: 'user_attribute_profiles',
    prefix: 'uap',
    most: 20,
    missing: ATTRIBUTE_PROFILE,
    taken: refuse(409, 'A user attribute profile with this name already exists.'),
    name: text(128),
    properties: { user_id: jsonObject.optional(), user_attributes: jsonObject.optional() },
  }),
];
