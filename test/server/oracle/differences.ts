// Tests, oracle: every way in which our server answers otherwise than the certified library, with the reason. Whatever is
// not in this list is a failure of the test, and so is an entry that is true no more. At most forty entries.
// Longer than 300 lines because it is one list.

export type Difference = {
  name: string;
  /** As `differences` of seen.ts words them: first the library, then ours. */
  differs: readonly string[];
  /** Ids of probes; a star stands for any text. */
  probes: readonly string[];
  reason: string;
  /** Where it is written: the answers of Auth0 that its SDKs match on, a specification, or a promise of ours. */
  reference: string;
};

const TO_A_PAGE = ['status: 3xx → 400', 'goes: client by query → page'] as const;

export const DIFFERENCES: readonly Difference[] = [
  // Auth0's words, which its SDKs match on.
  {
    name: 'Refusals of a grant are 403',
    differs: ['status: 400 → 403'],
    probes: ['token/*', 'device/*', 'revoke/the token is good no more'],
    reason: 'Auth0 answers 403 where RFC 6749 §5.2 says 400; SDKs look at both.',
    reference: 'wire reference §1.4',
  },
  {
    name: 'A client that is not who it says is access_denied',
    differs: ['error: invalid_client → access_denied'],
    probes: ['token/*', 'par/*', 'revoke/*', 'device/an unknown client'],
    reason: 'Auth0 answers 401 access_denied to an unknown client and a wrong secret alike.',
    reference: 'wire reference §1.4',
  },
  {
    name: 'The challenge of Basic names no error',
    differs: ['challenge: Basic invalid_client → Basic'],
    probes: ['token/an unknown client by basic', 'token/a wrong secret by basic'],
    reason: 'RFC 7617 knows no error parameter; the body says it.',
    reference: 'RFC 6749 §5.2',
  },
  {
    name: 'A header that is no secret is a wrong one',
    differs: ['status: 400 → 401', 'error: invalid_request → access_denied', 'challenge: none → Basic'],
    probes: ['token/an empty secret by basic', 'token/another scheme'],
    reason: 'Whoever tried to prove itself and did not is told which scheme there is.',
    reference: 'RFC 6749 §5.2',
  },
  {
    name: 'A bad assertion is invalid_client, whatever is bad',
    differs: ['status: 400 → 401', 'error: invalid_request → invalid_client'],
    probes: ['token/an assertion that is nothing'],
    reason: 'Which part was wrong helps only who guesses.',
    reference: 'RFC 7521 §4.2.1',
  },
  {
    name: 'The grant is looked at before the client',
    differs: ['status: 401 → 400', 'error: invalid_client → invalid_request'],
    probes: ['token/no grant_type'],
    reason: 'Without a grant there is nothing a client would have to prove itself for.',
    reference: 'wire reference §1.4',
  },
  {
    name: 'A client that may not is unauthorized_client',
    differs: ['status: 400 → 403', 'error: invalid_request → unauthorized_client'],
    probes: [
      'authorize/a response_type that the client may not have',
      'token/a grant that the client may not use',
      'token/a public client that asks for itself',
      'token/a refresh token of a client that has none',
      'device/*',
    ],
    reason: 'The specification has this word for it.',
    reference: 'RFC 6749 §4.1.2.1 and §5.2',
  },
  {
    name: 'An API that does not exist is access_denied',
    differs: ['status: 400 → 403', 'error: invalid_target → access_denied'],
    probes: ['authorize/an unknown API', 'par/an unknown API', 'token/an unknown API', 'device/an unknown API'],
    reason: 'Auth0 answers "Service not enabled within domain", and has no resource indicators.',
    reference: 'wire reference §1.4',
  },
  {
    name: 'A refresh token keeps its API',
    differs: ['error: invalid_target → invalid_request'],
    probes: ['token/a refresh token with a foreign API'],
    reason: 'Another audience than that of the login is refused before it is looked up.',
    reference: 'RFC 6749 §6',
  },
  {
    name: 'A redirect_uri of another text is unauthorized_client',
    differs: ['error: invalid_grant → unauthorized_client'],
    probes: ['token/another redirect_uri', 'token/a redirect_uri with a slash more'],
    reason: 'Auth0 answers "The redirect URI is wrong" under this code.',
    reference: 'wire reference §1.4',
  },
  {
    name: 'A verifier that cannot be one is a wrong one',
    differs: ['error: invalid_request → invalid_grant'],
    probes: ['token/a verifier too short', 'token/a verifier with a bad letter'],
    reason: 'The code is spent either way; RFC 7636 knows the one error.',
    reference: 'RFC 7636 §4.6',
  },
  {
    name: 'A machine asks for what it was granted, and gets all of it unasked',
    differs: [
      'says: +scope',
      'accessToken: +scope',
      'accessToken: +scope=read:things',
      'accessToken: +scope=write:things',
    ],
    probes: ['token/*'],
    reason: 'Without a scope Auth0 gives every scope of the client grant, and tells so.',
    reference: 'wire reference §1.3',
  },
  {
    name: 'A machine is refused a scope it was not granted',
    differs: [
      'status: 200 → 403',
      'error: none → access_denied',
      'status: 400 → 403',
      'error: invalid_scope → access_denied',
    ],
    probes: ['token/an unknown scope', 'token/openid for a machine', 'token/a scope with a quote'],
    reason: 'Stricter: the library gives a token without the scope.',
    reference: 'RFC 6749 §3.3',
  },
  {
    name: 'A machine asks for an API',
    differs: ['status: 200 → 400', 'error: none → invalid_request'],
    probes: ['token/no API'],
    reason: 'Stricter: a token of a machine for nothing in particular is good for nothing.',
    reference: 'wire reference §1.3',
  },
  // What tokens and answers hold.
  {
    name: 'Access tokens are JWTs of Auth0',
    differs: [
      'accessToken: -typ=at+jwt',
      'accessToken: +typ=JWT',
      'accessToken: -client_id',
      'accessToken: +azp',
      'accessToken: +gty',
    ],
    probes: ['token/*'],
    reason: 'The client is `azp`, a machine says so by `gty`; an API may choose the profile of RFC 9068 instead.',
    reference: 'wire reference §1.2; RFC 9068',
  },
  {
    name: 'A token for an API carries openid',
    differs: ['accessToken: +scope=openid'],
    probes: ['token/a code for an API'],
    reason: 'It is good for userinfo too, as at Auth0.',
    reference: 'wire reference §1.2',
  },
  {
    name: 'An id_token says its type and its session',
    differs: ['idToken: -typ=none', 'idToken: +typ=JWT', 'idToken: +sid'],
    probes: ['authorize/*', 'token/*', 'revoke/*'],
    reason: 'The library names a session only to clients of back-channel logout, and leaves the type out.',
    reference: 'RFC 7519 §5.1; OpenID Connect Back-Channel Logout §2.1',
  },
  {
    name: 'The id_token of a refresh has no nonce',
    differs: ['idToken: -nonce'],
    probes: [
      'token/a refresh token',
      'token/a refresh token with fewer scopes',
      'token/the next refresh token',
      'revoke/*',
    ],
    reason: 'It should not have one, even where the first one had.',
    reference: 'OpenID Connect Core §12.2',
  },
  {
    name: 'The scope is told where it is not what was asked for',
    differs: ['says: -scope'],
    probes: ['token/*'],
    reason: 'It may be left out where it is the same.',
    reference: 'RFC 6749 §5.1',
  },
  {
    name: 'Every answer names its issuer',
    differs: ['says: +iss'],
    probes: ['authorize/*'],
    reason: 'The library leaves it out beside an id_token, which names it too.',
    reference: 'RFC 9207 §2',
  },
  {
    name: 'Access tokens may leave by the browser',
    differs: ['error: unsupported_response_type → none', 'status: 400 → 200'],
    probes: [
      ...['token', 'id_token token', 'token id_token', 'code token', 'code id_token token'].flatMap((type) => [
        `authorize/${type} by its own mode`,
        `authorize/${type} by form_post`,
      ]),
      'authorize/id_token for an API',
    ],
    reason: 'The library has dropped these response types; Auth0 has them for clients with the implicit grant.',
    reference: 'OAuth 2.0 Multiple Response Type Encoding Practices §3 and §5',
  },
  // Where the person or the client is told.
  {
    name: 'A request that cannot be read is a page',
    differs: [...TO_A_PAGE, 'error: invalid_request → none', 'goes: page that asks → page'],
    probes: [
      ...['redirect_uri', 'state', 'scope', 'nonce', 'response_type', 'code_challenge', 'an unknown parameter'].map(
        (name) => `authorize/${name} twice`,
      ),
      'authorize/a lone percent sign',
    ],
    reason: 'Stricter: of two texts nobody can say which one other readers of the address go by.',
    reference: 'RFC 6749 §3.1',
  },
  {
    name: 'A pushed request that is not there is a page',
    differs: [...TO_A_PAGE, 'error: invalid_request_uri → none', 'error: invalid_request_object → none'],
    probes: [
      'par/used twice',
      'par/used by another client',
      'par/used too late',
      'authorize/a request_uri that is unknown',
    ],
    reason: 'The callback is part of what was pushed: there is no address that was checked.',
    reference: 'RFC 9126 §4',
  },
  {
    name: 'What may not stand in a query is refused in the fragment',
    differs: ['goes: client by query → client by fragment'],
    probes: ['authorize/*token* by query', 'authorize/an error of an implicit request by query'],
    reason: 'The client reads the answer of such a response type there.',
    reference: 'OAuth 2.0 Multiple Response Type Encoding Practices §5',
  },
  {
    name: 'A request object that differs is answered by what stands outside',
    differs: ['goes: client by fragment → client by query'],
    probes: ['authorize/request object with another response_type inside'],
    reason: 'What is inside has just been refused.',
    reference: 'OpenID Connect Core §6.1',
  },
  {
    name: 'An error that a page carries is 200',
    differs: ['status: 400 → 200'],
    probes: ['authorize/an error by form_post', 'authorize/an error by web_message'],
    reason: 'The page did what it is for.',
    reference: 'OAuth 2.0 Form Post Response Mode §2',
  },
  {
    name: 'A mode that does not exist is an invalid request',
    differs: ['error: unsupported_response_mode → invalid_request'],
    probes: ['authorize/* by *'],
    reason: 'The code of the library is in no specification that we hold to; there are no JWT modes.',
    reference: 'RFC 6749 §4.1.2.1',
  },
  // Where ours takes what the library refuses.
  {
    name: 'Authorization requests may be posted',
    differs: ['status: 404 → 3xx', 'goes: text → page that asks', 'goes: text → client by query', 'mayKeep: yes → no'],
    probes: ['authorize/by POST', 'authorize/by POST of who is signed in'],
    reason: 'Both methods are required; the library can, over https with cookies of SameSite=None.',
    reference: 'OpenID Connect Core §3.1.2.1',
  },
  {
    name: 'A scope may be left out',
    differs: ['error: access_denied → none'],
    probes: ['authorize/no scope'],
    reason: 'A server may have a default, and ours is nothing: an opaque token that opens nothing.',
    reference: 'RFC 6749 §3.3',
  },
  {
    name: 'Parameters that are not ours are ignored',
    differs: [
      'error: invalid_request → none',
      'goes: client by query → page that asks',
      'goes: page that asks → client by query',
    ],
    probes: [
      'authorize/a nonce without openid',
      'authorize/claims that are no JSON',
      'authorize/claims for the userinfo',
    ],
    reason: 'Discovery says claims_parameter_supported: false; scripts read such parameters.',
    reference: 'OpenID Connect Core §3.1.2.1 and §5.5',
  },
  {
    name: 'Nobody consents to the own applications of the tenant',
    differs: ['goes: page that asks → client by query'],
    probes: ['authorize/prompt=consent of who is signed in'],
    reason: 'People are asked for applications of third parties; then prompt=consent asks anew.',
    reference: 'OpenID Connect Core §3.1.2.4',
  },
  {
    name: 'A token for an API opens userinfo',
    differs: ['status: 401 → 200', 'error: invalid_token → none', 'challenge: Bearer invalid_token → none'],
    probes: ['userinfo/with a token for an API'],
    reason: 'It names userinfo among its audiences, as at Auth0, where it was granted openid.',
    reference: 'wire reference §1.2',
  },
  // Where ours is stricter, or says it otherwise.
  {
    name: 'Numbers and names are taken to the letter',
    differs: ['goes: page that asks → client by query', 'error: none → invalid_request', 'status: 200 → 400'],
    probes: ['authorize/max_age in hexadecimal', 'token/an unknown parameter twice'],
    reason: 'Stricter: what one reader takes for another number, or for one of two values, is refused.',
    reference: 'RFC 6749 §3.1 and §3.2',
  },
  {
    name: 'A JWT that was made for something else is none',
    differs: ['error: none → invalid_request_object', 'status: 200 → 401', 'error: none → invalid_client'],
    probes: [
      'authorize/request object of another type',
      'token/an assertion of another type',
      'token/an assertion that lives for a year',
      'token/an assertion from the future',
    ],
    reason: 'Stricter: types are compared where there is one; assertions live five minutes and come from no future.',
    reference: 'RFC 8725 §3.11; RFC 7523 §3',
  },
  {
    name: 'A code that somebody tried is spent',
    differs: ['status: 200 → 403', 'error: none → invalid_grant', 'status: 200 → 400', 'error: none → invalid_request'],
    probes: [
      'token/a code of another client, then of its own',
      'token/a good code after a wrong verifier',
      'token/no redirect_uri',
    ],
    reason: 'Stricter: a code in strange hands is worth nothing any more, and its redirect_uri is never left out.',
    reference: 'RFC 9700 §4.5; RFC 6749 §4.1.3',
  },
  {
    name: 'What is wrong with a proof is invalid_dpop_proof',
    differs: ['error: invalid_grant → invalid_dpop_proof', 'error: invalid_request → invalid_dpop_proof'],
    probes: [
      'token/a proof twice',
      'token/no proof where one is required',
      'token/a code that is bound to a key, by another key',
      'token/a code that is bound to a key, by none',
      'par/by a key other than dpop_jkt',
    ],
    reason: 'One code tells a client to make another proof.',
    reference: 'RFC 9449 §5',
  },
  {
    name: 'Userinfo refuses in plain text',
    differs: [
      'goes: JSON → text',
      'error: * → none',
      'status: 400 → 401',
      'status: 401 → 403',
      'challenge: * invalid_request → Bearer',
      'challenge: Bearer invalid_token → Bearer insufficient_scope',
      'challenge: DPoP invalid_request → DPoP invalid_dpop_proof',
      'challenge: DPoP invalid_token → DPoP invalid_dpop_proof',
    ],
    probes: [
      'userinfo/without *',
      'userinfo/with a* token*',
      'userinfo/with another scheme',
      'userinfo/with an id_token',
      'userinfo/by the scheme of keys with a token of none',
    ],
    reason: 'As Auth0; what was wrong stands in the challenge, and a request without our scheme is told of no error.',
    reference: 'RFC 6750 §3; RFC 9449 §7.1',
  },
  {
    name: 'An address that is asked wrongly says so',
    differs: [
      'status: 404 → 405',
      'goes: text → JSON',
      'error: none → method_not_allowed',
      'error: none → not_found',
      'status: 400 → 413',
      'error: request_uri_not_supported → invalid_request',
      'mayKeep: yes → no',
    ],
    probes: [
      '*/GET',
      'documents/POST *',
      'token/a megabyte',
      'par/a request_uri inside',
      'token/a preflight',
      'revoke/*',
    ],
    reason:
      'The address exists, the method does not; a body that is too long is that; and nobody keeps what we answer.',
    reference: 'RFC 9110 §15.5',
  },
  {
    name: 'Discovery and the device say what is so',
    differs: ['says: -claim_types_supported', 'says: +*'],
    probes: ['documents//.well-known/openid-configuration*', 'device/a good request'],
    reason: 'Left out is what has a default, told is what goes beyond the library.',
    reference: 'OpenID Connect Discovery §3; RFC 8628 §3.2',
  },
  {
    name: 'The question whether to sign out has a page of its own',
    differs: ['status: 200 → 3xx', 'goes: page → page that asks', 'status: 200 → 400'],
    probes: ['logout/of ana without a word', 'logout/with a client', 'logout/to an address without a client'],
    reason: 'Its address holds no hint; an address to go to that belongs to nobody is refused at once.',
    reference: 'OpenID Connect RP-Initiated Logout §2 and §4',
  },
];
