// Test kit: a certificate authority nobody has heard of, and one certificate it signed. The authority's own key is gone
// when this returns.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate, type SelfsignedOptions } from 'selfsigned';

/** Where the PEM files lie. */
export type Certificate = {
  /** Of the authority: what a client has to trust. */
  caFile: string;
  certFile: string;
  keyFile: string;
};

const COMMON: SelfsignedOptions = {
  keyType: 'ec',
  curve: 'P-256',
  algorithm: 'sha256',
  notAfterDate: new Date(Date.now() + 24 * 60 * 60_000),
};

/** Makes both and writes them into `folder`. The certificate is for `localhost`, its addresses and `names`. */
export async function makeCertificate(folder: string, names: readonly string[] = []): Promise<Certificate> {
  const authority = await generate([{ name: 'commonName', value: 'Private CA of a test' }], {
    ...COMMON,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...COMMON,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...['localhost', ...names].map((value) => ({ type: 2 as const, value })),
          ...['127.0.0.1', '::1'].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    caFile: await write('ca.crt', authority.cert),
    certFile: await write('server.crt', leaf.cert),
    keyFile: await write('server.key', leaf.private),
  };
}
