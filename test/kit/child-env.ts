// Test kit: what programs that tests start are given of our environment: where programs are found, and where Node keeps what
// it has compiled, so that a server is not compiled anew for each test that starts one.
export const CHILD_ENV = {
  PATH: process.env.PATH ?? '',
  ...(process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
};
