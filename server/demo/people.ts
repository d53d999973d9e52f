// Server, demo tenant: who and what the seed makes. The passwords are public on purpose: they open a playground.

/** Marks the demo application among a tenant's clients, in its `client_metadata`. */
export const DEMO_MARK = 'sallyport_demo';

export const DEMO_APPLICATION = 'Demo application';
export const DEMO_API = 'https://demo-api.example';

export type DemoPerson = {
  name: string;
  email: string;
  password: string;
  /** What they can prove beside the password, in words. */
  factors: string;
  admin?: true;
  phone?: string;
  /** Base32. */
  totpKey?: string;
};

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    name: 'Ana',
    email: 'ana@example.com',
    password: 'Ana-opens-the-gate-1',
    factors: 'authenticator app, phone, email; administrator',
    admin: true,
    phone: '+14155550101',
    totpKey: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  },
  {
    name: 'Ben',
    email: 'ben@example.com',
    password: 'Ben-opens-the-gate-2',
    factors: 'phone',
    phone: '+14155550102',
  },
  { name: 'Cleo', email: 'cleo@example.com', password: 'Cleo-opens-the-gate-3', factors: 'none' },
];
