// Server, protocol: what endpoints that clients call themselves answer to a body that cannot be read.
import type { Unreadable } from '../request.ts';
import { refusal, type TokenRefusal } from './token-answer.ts';

export function unreadable(problem: Unreadable): TokenRefusal {
  switch (problem.problem) {
    case 'too-large':
      return refusal(413, 'invalid_request', 'The request is too large');
    case 'wrong-type':
      return refusal(400, 'invalid_request', 'Send application/x-www-form-urlencoded or application/json');
    case 'coded':
      return refusal(415, 'invalid_request', 'Send the body without a content encoding');
    case 'malformed':
      return refusal(400, 'invalid_request', 'The request body cannot be read');
    case 'duplicate':
      return refusal(400, 'invalid_request', `Parameter ${problem.name.slice(0, 100)} was sent more than once`);
    case 'not-text':
      if (problem.name === 'scope') return refusal(400, 'invalid_scope', 'Scope must be a string');
      return refusal(400, 'invalid_request', `Parameter ${problem.name.slice(0, 100)} must be a string`);
  }
}
