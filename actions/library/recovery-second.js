// The second of two: who needed the recovery code sets up another factor now. Bind it after `recovery-first.js`.
//
// Somebody whose phone is gone has nothing left but the code that was just shown to them. What they have already is
// passed over; who has both goes on. At least one of them must be switched on in the tenant.

exports.onExecutePostLogin = async (event, api) => {
  const passed = event.authentication.methods.filter(({ name }) => name === 'mfa');
  if (passed.at(-1)?.type !== 'recovery-code') return;
  api.authentication.enrollWithAny([{ type: 'phone' }, { type: 'webauthn-roaming' }]);
};
