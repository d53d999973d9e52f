// Tests, the reference model: a chain of Actions as the JavaScript that an author would write.
import { type Action, type Condition, type Factors, MULTI_FACTOR, type Statement } from './chain.ts';

const js = JSON.stringify;
const factor = (type: string) => `{ type: ${js(type)} }`;
const list = (factors: Factors) =>
  factors === 'enrolledFactors' ? 'event.user.enrolledFactors' : `[${factors.map(factor).join(', ')}]`;

/** Tells the console what it sees before it does anything. */
const LOOK = `const flat = (o) => Object.entries(o).map(([k, v]) => k + '=' + v).sort().join();
const look = (handler, { authentication, authorization, transaction, user }) => console.log([
  handler,
  [...new Set(authentication.methods.map((m) => m.type ?? m.name))].sort(),
  user.enrolledFactors.map((f) => f.type),
  flat(transaction.metadata), flat(user.app_metadata), flat(user.user_metadata),
  authentication.riskAssessment.confidence,
  [...authorization.roles].sort(),
].join('; '));
`;

export function scriptText({ execute, resume, broken }: Action): string {
  const keyword = broken === 'not async' ? '' : 'async ';
  const handlers = [
    handlerText('onExecutePostLogin', 'execute', keyword, execute),
    ...(resume ? [handlerText('onContinuePostLogin', 'resume', keyword, resume)] : []),
  ];
  return [LOOK, ...(broken === 'top level' ? [`throw new Error('no settings');\n`] : []), ...handlers].join('');
}

function handlerText(name: string, handler: string, keyword: string, body: Statement[]): string {
  return `exports.${name} = ${keyword}(event, api) => {\n  look('${handler}', event);\n${block(body, '  ')}};\n`;
}

const block = (body: Statement[], indent: string): string => body.map((each) => indent + text(each, indent)).join('');

function text(statement: Statement, indent: string): string {
  switch (statement.say) {
    case 'challengeWith':
    case 'enrollWith': {
      const { additional, preferred } = statement;
      const options = preferred ? `, options: { preferredMethod: ${js(preferred)} }` : '';
      const asked = `{ type: ${js(statement.factor)}${options} }`;
      const more = additional ? `, { additionalFactors: ${list(additional)} }` : '';
      return `api.authentication.${statement.say}(${asked}${more});\n`;
    }
    case 'challengeWithAny':
    case 'enrollWithAny':
      return `api.authentication.${statement.say}(${list(statement.factors)});\n`;
    case 'enable': {
      const { provider, allowRememberBrowser } = statement;
      const options = allowRememberBrowser === undefined ? '' : `, { allowRememberBrowser: ${allowRememberBrowser} }`;
      return `api.multifactor.enable(${js(provider)}${options});\n`;
    }
    case 'deny':
      return `api.access.deny(${js(statement.reason)});\n`;
    case 'revokeSession':
      return `api.session.revoke(${js(statement.reason)});\n`;
    case 'validationError':
      return `api.validation.error(${js(statement.code)}, ${js(statement.message)});\n`;
    case 'throw':
      return `throw new Error(${js(statement.message)});\n`;
    case 'sendUserTo':
      return `api.redirect.sendUserTo(${js(statement.url)});\n`;
    case 'render':
      return `api.prompt.render(${js(FORM)});\n`;
    case 'setAppMetadata':
    case 'setUserMetadata':
      return `api.user.${statement.say}(${js(statement.key)}, ${js(statement.value)});\n`;
    case 'note':
      return `api.transaction.setMetadata(${js(statement.key)}, ${js(statement.value)});\n`;
    case 'recordMethod':
      return `api.authentication.recordMethod(${js(statement.url)});\n`;
    case 'if': {
      const otherwise =
        statement.otherwise.length === 0 ? '' : ` else {\n${block(statement.otherwise, `${indent}  `)}${indent}}`;
      return `if (${condition(statement.when)}) {\n${block(statement.body, `${indent}  `)}${indent}}${otherwise}\n`;
    }
  }
}

/** The form that every tenant of the cases has. */
export const FORM = 'ap_form';

function condition(when: Condition): string {
  const methods = 'event.authentication.methods.some';
  switch (when.is) {
    case 'proven':
      return `${methods}((m) => m.name === 'mfa' && m.type === ${js(when.factor)})`;
    case 'anyMfa':
      return `${methods}((m) => m.name === 'mfa')`;
    case 'enrolled':
      return `event.user.enrolledFactors.some((f) => f.type === ${js(when.factor)})`;
    case 'noted':
      return `event.transaction.metadata[${js(when.key)}] === ${js(when.value)}`;
    case 'stored':
      return `event.user.app_metadata[${js(when.key)}] === ${js(when.value)}`;
    case 'role':
      return `event.authorization.roles.includes(${js(when.name)})`;
    case 'lowConfidence':
      return `event.authentication.riskAssessment.confidence === 'low'`;
    case 'stepUp':
      return `event.transaction.acr_values.includes(${js(MULTI_FACTOR)})`;
    case 'method':
      return `${methods}((m) => m.name === ${js(when.url)})`;
  }
}
