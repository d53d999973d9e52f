// Guest code: what `http` and `https` share.

import { notAvailable } from '../errors.ts';
import { Agent, type AgentOptions } from './agent.ts';
import { ClientRequest } from './client-request.ts';
import { validateHeaderName, validateHeaderValue } from './field.ts';
import { IncomingMessage } from './incoming-message.ts';
import { METHODS, STATUS_CODES } from './names.ts';

export function makeHttp(protocol: 'http:' | 'https:') {
  class ProtocolAgent extends Agent {
    constructor(options?: AgentOptions) {
      super(options, protocol);
    }
  }
  Object.defineProperty(ProtocolAgent, 'name', { value: 'Agent' });

  const refuseServer = (): never => {
    throw notAvailable('createServer', 'scripts answer no requests; they call out with fetch or http.request');
  };
  const module = {
    METHODS: [...METHODS],
    STATUS_CODES: { ...STATUS_CODES },
    Agent: ProtocolAgent,
    ClientRequest,
    IncomingMessage,
    globalAgent: new ProtocolAgent({ keepAlive: true }) as Agent,
    maxHeaderSize: 65_536,
    request: (...args: unknown[]) => new ClientRequest({ protocol, agent: module.globalAgent }, ...args),
    get(...args: unknown[]): ClientRequest {
      const request = module.request(...args);
      request.end();
      return request;
    },
    validateHeaderName,
    validateHeaderValue,
    createServer: refuseServer,
    Server: refuseServer,
  };
  return module;
}
