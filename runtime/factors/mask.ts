// Addresses as strangers may see them; masks keep the length. Source: mfa-wire reference, section 2.2.

/** `+44207183875044` → `XXXXXXXXXXX5044`. */
export function maskPhone(phone: string): string {
  return 'X'.repeat(Math.max(0, phone.length - 4)) + phone.slice(-4);
}

/** `chuck334@example.com` → `chuc****@exam*******`; a local part of up to four characters becomes four stars. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  const hidden = local.length <= 4 ? '****' : keep(local);
  return `${hidden}@${keep(domain)}`;
}

function keep(text: string): string {
  return text.slice(0, 4) + '*'.repeat(Math.max(0, text.length - 4));
}
