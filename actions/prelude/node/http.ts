// Guest code: Node's `http`. Requests are made outside, behind the egress guard.

import { makeHttp } from './http/make-http.ts';

export default makeHttp('http:');
