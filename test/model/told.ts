// Tests: a case as somebody reads it: the tenant, the person, the scripts, and what the person does.
import type { Case, Move, Visit } from './chain.ts';
import { scriptText } from './script-text.ts';

export function told({ tenant, person, actions, visits }: Case): string {
  const scripts = actions.map((action, index) => {
    const text = scriptText(action);
    return `// action-${index + 1}\n${text.slice(text.search(/^(throw|exports)/m))}`;
  });
  return [
    `tenant ${JSON.stringify(tenant)}`,
    `person ${JSON.stringify(person)}`,
    ...scripts,
    ...visits.map((visit, index) => `visit ${index + 1}: ${visitText(visit)}`),
  ].join('\n');
}

function visitText({
  after,
  by,
  stale,
  browser,
  userAgent,
  session,
  silent,
  stepUp,
  mfaAudience,
  moves,
}: Visit): string {
  const facts = [
    `${after / 3_600_000} h later`,
    by === 'browser' ? `browser ${browser}, ${userAgent}` : `at a client, by ${by}${stale ? ', stale or wrong' : ''}`,
    ...(session ? ['from the session'] : []),
    ...(silent ? ['silent'] : []),
    ...(stepUp ? ['with the multi-factor policy'] : []),
    ...(mfaAudience ? ['for the MFA API'] : []),
  ];
  return `${facts.join('; ')}: ${[...moves.map(moveText), 'on…'].join(', ')}`;
}

const moveText = (move: Move): string =>
  move.act === 'on' ? `on${move.pick ? ` (${move.pick + 1}.)` : ''}${move.remember ? ' + box' : ''}` : move.act;
