// Rules and Hooks as people wrote them, each with what of its Action matters and the lines that somebody must look at.
// Longer than 300 lines because it is a corpus, and each script stands in it whole.

export type Sample = {
  name: string;
  source: string;
  /** Pieces of the Action. */
  has: string[];
  /** Lines of the old script. */
  human?: number[];
  kind?:
    | 'credentials-exchange'
    | 'pre-user-registration'
    | 'post-user-registration'
    | 'post-change-password'
    | 'send-phone-message';
  dependencies?: string[];
  secrets?: string[];
};

export const CORPUS: Sample[] = [
  {
    name: 'roles-to-tokens',
    source: `function addRolesToTokens(user, context, callback) {
  const namespace = 'https://shop.example.com/';
  const roles = (context.authorization || {}).roles || [];
  context.idToken[namespace + 'roles'] = roles;
  context.accessToken[namespace + 'roles'] = roles;
  callback(null, user, context);
}`,
    has: [
      "api.idToken.setCustomClaim(namespace + 'roles', roles);",
      "api.accessToken.setCustomClaim(namespace + 'roles', roles);",
      '(event.authorization || {}).roles',
    ],
  },
  {
    name: 'verified-addresses-only',
    source: `function (user, context, callback) {
  if (!user.email_verified) {
    return callback(new UnauthorizedError('Please verify your email before logging in.'));
  }
  return callback(null, user, context);
}`,
    has: [
      "return api.access.deny('Please verify your email before logging in.');",
      'return;',
      '!event.user.email_verified',
    ],
  },
  {
    name: 'one-application',
    source: `function (user, context, callback) {
  // only for the back office
  if (context.clientName !== 'Back office') return callback(null, user, context);
  if (user.email && user.email.endsWith('@shop.example.com')) return callback(null, user, context);
  callback(new UnauthorizedError('Only for staff: ' + user.email));
};`,
    has: [
      '// only for the back office',
      "event.client.name !== 'Back office'",
      "return api.access.deny('Only for staff: ' + event.user.email);",
    ],
  },
  {
    name: 'count-logins',
    source: `function (user, context, callback) {
  user.app_metadata = user.app_metadata || {};
  user.app_metadata.visits = (user.app_metadata.visits || 0) + 1;
  auth0.users.updateAppMetadata(user.user_id, user.app_metadata)
    .then(function () {
      context.idToken['https://shop.example.com/first'] = context.stats.loginsCount === 1;
      callback(null, user, context);
    })
    .catch(function (err) { callback(err); });
}`,
    has: [
      "api.user.setAppMetadata('visits', (event.user.app_metadata.visits || 0) + 1);",
      'Promise.resolve()',
      'event.stats.logins_count === 1',
      'return resolve();',
      'await new Promise((resolve, reject) => {',
    ],
  },
  {
    name: 'own-object-of-metadata',
    source: `function (user, context, callback) {
  auth0.users.updateUserMetadata(user.user_id, { lastCountry: context.request.geoip.country_code }).then(() => callback(null, user, context), callback);
}`,
    has: [
      'Object.entries({ lastCountry: event.request.geoip.countryCode }).forEach(([key, value]) => api.user.setUserMetadata(key, value))',
      '(error) => (error ? reject(error) : resolve())',
    ],
  },
  {
    name: 'factor-outside-the-office',
    source: `function (user, context, callback) {
  if (context.request.ip !== configuration.OFFICE_IP) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}`,
    has: [
      "api.multifactor.enable('any', { allowRememberBrowser: false });",
      'event.request.ip !== event.secrets.OFFICE_IP',
    ],
    secrets: ['OFFICE_IP'],
  },
  {
    name: 'duo',
    source: `function (user, context, callback) {
  context.multifactor = {
    provider: 'duo-security',
    ikey: configuration.IKEY
  };
  callback(null, user, context);
}`,
    has: ["api.multifactor.enable('duo-security');"],
    human: [2],
  },
  {
    name: 'terms-by-redirect',
    source: `function (user, context, callback) {
  if (context.protocol === 'redirect-callback') {
    user.user_metadata.terms = context.request.query.accepted === 'yes';
    return callback(null, user, context);
  }
  if (!user.user_metadata.terms) {
    context.redirect = { url: 'https://shop.example.com/terms?user=' + encodeURIComponent(user.user_id) };
  }
  return callback(null, user, context);
}`,
    has: [
      'if (continued) {',
      "api.user.setUserMetadata('terms', event.request.query.accepted === 'yes');",
      "api.redirect.sendUserTo('https://shop.example.com/terms?user=' + encodeURIComponent(event.user.user_id));",
      'exports.onContinuePostLogin = async (event, api) => run(event, api, true);',
    ],
    human: [6],
  },
  {
    name: 'request-with-callback',
    source: `function (user, context, callback) {
  request.get({ url: configuration.SCORE_URL + user.user_id, json: true }, (err, response, body) => {
    if (err) return callback(err);
    if (response.statusCode !== 200) return callback(new Error('no score'));
    context.idToken['https://shop.example.com/score'] = body.score;
    callback(null, user, context);
  });
}`,
    has: [
      "const request = require('request');",
      'if (err) return (err ? reject(err) : resolve());',
      "return reject(new Error('no score'));",
    ],
    human: [2],
    dependencies: ['request@2.88.2'],
    secrets: ['SCORE_URL'],
  },
  {
    name: 'async-axios',
    source: `async function (user, context, callback) {
  const axios = require('axios@1.7.0');
  try {
    const { data } = await axios.post(configuration['RISK_URL'], { user: user.user_id });
    if (data.block) return callback(new UnauthorizedError('Not today.'));
    return callback(null, user, context);
  } catch (error) {
    return callback(null, user, context);
  }
}`,
    has: ["require('axios')", "event.secrets['RISK_URL']", "return resolve(api.access.deny('Not today.'));"],
    dependencies: ['axios@1.7.0'],
    secrets: ['RISK_URL'],
  },
  {
    name: 'lodash-of-old',
    source: `function (user, context, callback) {
  const groups = _.uniq(_.map(user.app_metadata.groups, 'name'));
  context.idToken['https://shop.example.com/groups'] = groups;
  callback(null, user, context);
}`,
    has: ["const _ = require('lodash');", '_.map(event.user.app_metadata.groups'],
    dependencies: ['lodash@4.17.21'],
  },
  {
    name: 'other-names',
    source: `(u, ctx, cb) => {
  const check = (user) => user.email;
  ctx.idToken['https://shop.example.com/who'] = check(u);
  return cb(null, u, ctx);
}`,
    has: [
      'const check = (user) => user.email;',
      "api.idToken.setCustomClaim('https://shop.example.com/who', check(event.user));",
    ],
  },
  {
    name: 'claims-by-loop',
    source: `function (user, context, callback) {
  for (const key of Object.keys(user.user_metadata)) {
    context.idToken['https://shop.example.com/' + key] = user.user_metadata[key];
  }
  callback(null, user, context);
}`,
    has: ["api.idToken.setCustomClaim('https://shop.example.com/' + key, event.user.user_metadata[key]);"],
  },
  {
    name: 'set-whole-metadata',
    source: `function (user, context, callback) {
  user.user_metadata = { plan: 'free', since: user.created_at };
  delete user.app_metadata.trial;
  callback(null, user, context);
}`,
    has: [
      "api.user.setUserMetadata('plan', 'free'), api.user.setUserMetadata('since', event.user.created_at);",
      "api.user.setAppMetadata('trial', null);",
    ],
  },
  {
    name: 'saml',
    source: `function (user, context, callback) {
  context.samlConfiguration = context.samlConfiguration || {};
  context.samlConfiguration.mappings = { email: 'email' };
  callback(null, user, context);
}`,
    has: ['/* By hand: Writing to context.samlConfiguration.mappings changes nothing in an Action. */'],
    human: [3],
  },
  {
    name: 'kept-in-global',
    source: `function (user, context, callback) {
  global.keys = global.keys || configuration.KEYS.split(',');
  if (global.keys.indexOf(context.clientID) < 0) return callback(new UnauthorizedError('unknown application'));
  callback(null, user, context);
}`,
    has: ['event.client.client_id', 'api.cache keeps small texts'],
    human: [2, 3],
    secrets: ['KEYS'],
  },
  {
    name: 'unknown-things',
    source: `function (user, context, callback) {
  if (context.sso.with_auth0 && user.last_ip) {
    user.nickname = 'known';
  }
  callback(null, user, context);
}`,
    has: ['/* By hand: context.sso.with_auth0 has no counterpart in the event of an Action. */'],
    human: [2, 2, 3],
  },
  {
    name: 'changes-that-no-assignment-shows',
    source: `function (user, context, callback) {
  user.app_metadata.seen.push(context.clientID);
  Object.assign(user.user_metadata, { plan: 'free' });
  const person = user;
  return callback(null, person, Object.assign(context, { idToken: {} }));
}`,
    has: ['event.user.app_metadata.seen.push(event.client.client_id);', 'const person = event.user;'],
    human: [2, 3, 4, 5],
  },
  {
    name: 'account-linking',
    source: `function (user, context, callback) {
  context.primaryUser = user.app_metadata.primary;
  return callback(null, user, context);
}`,
    has: ['api.authentication.setPrimaryUser(event.user.app_metadata.primary);'],
  },
  {
    name: 'package-without-version',
    source: `function (user, context, callback) {
  const { parse } = require('tldts');
  context.idToken['https://shop.example.com/domain'] = parse(user.email).domain;
  callback(null, user, context);
}`,
    has: ["require('tldts')"],
    human: [2],
    dependencies: ['tldts@latest'],
  },
  {
    name: 'machine-claims',
    source: `/** @param {object} client */
module.exports = function (client, scope, audience, context, cb) {
  var access_token = {};
  access_token.scope = scope;
  if (client.metadata.tier === 'gold') access_token.scope.push('export:all');
  access_token['https://shop.example.com/client'] = client.name;
  cb(null, access_token);
};`,
    has: [
      "api.accessToken.addScope('export:all')",
      "api.accessToken.setCustomClaim('https://shop.example.com/client', event.client.name);",
    ],
    kind: 'credentials-exchange',
  },
  {
    name: 'machine-refused',
    source: `module.exports = (client, scope, audience, context, cb) => {
  if (audience !== 'https://api.example.com') return cb(new InvalidRequestError('not for ' + audience));
  cb(null, { scope, 'https://shop.example.com/tenant': client.tenant });
};`,
    has: [
      "return api.access.deny('invalid_request', 'not for ' + event.resource_server.identifier);",
      'api.accessToken.setCustomClaim(',
    ],
    kind: 'credentials-exchange',
  },
  {
    name: 'company-sign-up',
    source: `module.exports = function (user, context, cb) {
  if (!user.email.endsWith('@shop.example.com')) {
    return cb(new PreUserRegistrationError('not of the company', 'Use the address of your company.'));
  }
  cb(null, { user: { app_metadata: { plan: 'staff' } } });
};`,
    has: [
      "return api.access.deny('not of the company', 'Use the address of your company.');",
      'api.user.setAppMetadata("plan", \'staff\');',
    ],
    human: [1],
    kind: 'pre-user-registration',
  },
  {
    name: 'welcome',
    source: `const axios = require('axios@1.7.0');

module.exports = async function (user, context, cb) {
  await axios.post(context.webtask.secrets.HOOK, { id: user.id, mail: user.email });
  cb();
};`,
    has: ["const axios = require('axios');", 'id: event.user.user_id', 'exports.onExecutePostUserRegistration'],
    human: [1],
    kind: 'post-user-registration',
    dependencies: ['axios@1.7.0'],
    secrets: ['HOOK'],
  },
  {
    name: 'text-message',
    source: `module.exports = function (recipient, text, context, cb) {
  console.log('to', recipient, context.message_type);
  if (text.length > 160) return cb(new Error('too long'));
  cb(null, {});
};`,
    has: ['event.message_options.recipient', "throw new Error('too long');", 'event.message_options.message_type'],
    kind: 'send-phone-message',
  },
];
