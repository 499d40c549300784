/**
 * Codes of attributes that were withdrawn, or squatted on before they were assigned (IANA; RFC 6938, RFC 7447, RFC 8093).
 *
 * Bellhop has no spec for them, so it never makes one; a received one is discarded and counted instead of being passed
 * on as an unknown transitive attribute. Whoever still sends one gives its bytes a meaning nobody downstream can know.
 */
export const DEPRECATED_CODES = [
  11, // DPA
  12, // ADVERTISER
  13, // RCID_PATH / CLUSTER_ID
  19, // SAFI Specific Attribute
  20, // Connector
  21, // AS_PATHLIMIT
  28, // Entropy Label Capability
  30,
  31,
  129,
  241,
  242,
  243,
] as const;

/** 1 for deprecated codes, else 0. */
export const DEPRECATED = new Uint8Array(256);
for (const code of DEPRECATED_CODES) DEPRECATED[code] = 1;
