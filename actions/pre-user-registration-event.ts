// What a pre-user-registration script reads. All keys are wire names; a key that may be missing is optional.

import type { PostLoginEvent } from './post-login.ts';

/** What the application asked for, where the sign-up belongs to a login. */
export type SignUpTransaction = Omit<
  PostLoginEvent['transaction'],
  | 'id'
  | 'metadata'
  | 'linking_id'
  | 'requested_authorization_details'
  | 'subject_token_type'
  | 'actor'
  | 'actor_token_type'
>;

/** `event` of `onExecutePreUserRegistration`, without `secrets`, which are added for each Action. */
export type PreUserRegistrationEvent = Pick<
  PostLoginEvent,
  'client' | 'configuration' | 'connection' | 'custom_domain' | 'security_context' | 'tenant'
> & {
  /** `body` holds the fields of the sign-up, those that the tenant's own pages added too; never the password. */
  request: Omit<PostLoginEvent['request'], 'query' | 'asn'>;
  transaction?: SignUpTransaction;
  /** Who wants an account. There is no identifier yet. */
  user: {
    email?: string;
    username?: string;
    phone_number?: string;
    name?: string;
    given_name?: string;
    family_name?: string;
    nickname?: string;
    picture?: string;
    user_metadata: Record<string, unknown>;
    app_metadata: Record<string, unknown>;
  };
};
