// Let people sign up with addresses of the company only, and note from where they came.
//
// The secret `DOMAINS` holds the domains, comma-separated. Whoever has another address is told so; the tenant's log says
// which domain it was.

exports.onExecutePreUserRegistration = async (event, api) => {
  const domains = (event.secrets.DOMAINS ?? '').split(',').map((domain) => domain.trim().toLowerCase());
  const domain = (event.user.email ?? '').split('@').at(-1) ?? '';
  if (!domains.includes(domain)) {
    api.access.deny(`sign-up from ${domain}`, 'Please sign up with your company address.');
    return;
  }
  api.user.setAppMetadata('signed_up_at', event.client?.name ?? 'unknown');
};
