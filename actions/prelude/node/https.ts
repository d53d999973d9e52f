// Guest code: Node's `https`. Requests are made outside, behind the egress guard.

import { makeHttp } from './http/make-http.ts';

export default makeHttp('https:');
