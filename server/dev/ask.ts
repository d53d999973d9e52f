// Server, development: the application as its own pages see it.

/** Sends a request through the whole application, without a socket. */
export type Ask = (request: Request) => Response | Promise<Response>;
