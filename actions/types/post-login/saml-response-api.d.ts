// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.samlResponse`: how a SAML answer looks. Checked and kept with the execution everywhere; acts where SAML does.

/** A value of an attribute; `null` takes the attribute out. */
export type SamlAttributeValue = string | number | boolean | null | readonly (string | number | boolean)[];

/**
 * Settings of the SAML answer; the last call counts. A value of the wrong kind throws and so fails the login; the text
 * names the setting and the rule, such as `audience must NOT have more than 2048 characters`.
 */
export interface SamlResponseAPI<Api> {
  /**
   * Sets or removes an attribute. At most 100 changes in one run, all attributes together 100 KiB.
   * @param name at most 1,024 bytes.
   * @param value texts in it have at most 2,048 characters.
   * @throws `A script must not change more than 100 SAML attributes.`,
   * `The total size of the SAML attributes exceeds the limit of 102400 bytes.` or what is wrong with an argument.
   */
  setAttribute(name: string, value: SamlAttributeValue): Api;
  /** Audience of the assertion. At most 2,048 characters; more throws. */
  setAudience(audience: string): Api;
  /** Recipient of the assertion. At most 2,048 characters; more throws. */
  setRecipient(recipient: string): Api;
  /** Destination of the answer. At most 2,048 characters; more throws. */
  setDestination(destination: string): Api;
  /** Whether there is a UPN claim. Default `true`; anything but a boolean throws. */
  setCreateUpnClaim(create: boolean): Api;
  /** Whether claims without a mapping are passed on. Default `true`; anything but a boolean throws. */
  setPassthroughClaimsWithNoMapping(passthrough: boolean): Api;
  /** Whether such claims keep their names. Default `false`; anything but a boolean throws. */
  setMapUnknownClaimsAsIs(asIs: boolean): Api;
  /** Whether identities are passed on. Default `true`; anything but a boolean throws. */
  setMapIdentities(map: boolean): Api;
  /** How the answer is signed. Anything else throws. */
  setSignatureAlgorithm(algorithm: 'rsa-sha256' | 'rsa-sha1'): Api;
  /** How its digest is made. Anything else throws. */
  setDigestAlgorithm(algorithm: 'sha256' | 'sha1'): Api;
  /** How long the assertion is good for, in seconds. Default 3600; anything but a number throws. */
  setLifetimeInSeconds(lifetime: number): Api;
  /** Whether the answer is signed, and not the assertion. Default `false`; anything but a boolean throws. */
  setSignResponse(sign: boolean): Api;
  /** Format of the name identifier. At most 512 characters; more throws. */
  setNameIdentifierFormat(format: string): Api;
  /** Attributes that may be the name identifier, best first. At most 10 of at most 512 characters; more throws. */
  setNameIdentifierProbes(probes: readonly string[]): Api;
  /** Class of the authentication. At most 512 characters; more throws. */
  setAuthnContextClassRef(reference: string): Api;
  /** Certificate for signatures, PEM. At most 4,096 characters; more throws. */
  setSigningCert(certificate: string): Api;
  /** Certificate for encryption, PEM. At most 4,096 characters; more throws. */
  setEncryptionCert(certificate: string): Api;
  /** Key for encryption, PEM. At most 4,096 characters; more throws. */
  setEncryptionPublicKey(key: string): Api;
  /** Certificate that the answer shows, PEM. At most 4,096 characters; more throws. */
  setCert(certificate: string): Api;
  /** Private key that signs, PEM; keep it in `event.secrets`. At most 4,096 characters; more throws. */
  setKey(key: string): Api;
  /** Whether attributes say the format of their name. Default `true`; anything but a boolean throws. */
  setIncludeAttributeNameFormat(include: boolean): Api;
  /** Whether attributes say their type. Default `true`; anything but a boolean throws. */
  setTypedAttributes(typed: boolean): Api;
  /** Relay state that goes with the answer. At most 512 characters; more throws. */
  setRelayState(relayState: string): Api;
  /** Issuer of the answer. At most 512 characters; more throws. */
  setIssuer(issuer: string): Api;
  /** How the assertion is encrypted. Anything else throws. */
  setEncryptionAlgorithm(algorithm: 'aes256-gcm' | 'aes256-cbc'): Api;
}
