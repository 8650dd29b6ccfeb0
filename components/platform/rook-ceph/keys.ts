/** The first patches, by major version, whose keys nobody can raise to more rights than they were given (CVE-2025-30156). */
const NEW_KEYS: Readonly<Record<string, readonly number[]>> = { "19": [2, 6], "20": [2, 4] };

/**
 * What Ceph's keys are, of the versions that have the new kind. The daemons' are exchanged for it, where a cluster was made before: without,
 * Ceph reports an error and Rook upgrades no further. Those that volumes are mounted with stay of the old kind, since a kernel before 7.0 knows
 * no other; what Ceph says of that, and only that, is muted, or it would never be healthy again.
 */
export function keysSpec(image: string): { readonly security?: object; readonly healthCheck?: object } {
  if (!hasNewKeys(image)) return {};
  const known = ["AUTH_INSECURE_CLIENT_KEY_TYPE", "AUTH_INSECURE_KEYS_ALLOWED", "AUTH_INSECURE_KEYS_CREATABLE"];
  return {
    // A cluster that is made now begins with generation 2; Rook lets no generation be taken back.
    security: { cephx: { daemon: { keyRotationPolicy: "KeyGeneration", keyGeneration: 2 }, csi: { keyType: "aes" } } },
    healthCheck: { muteHealthWarning: Object.fromEntries(known.map((name) => [name, { policy: "mute" }])) },
  };
}

function hasNewKeys(image: string): boolean {
  const [major = "", minor = 0, patch = 0] = /:v(\d+)\.(\d+)\.(\d+)/.exec(image)?.slice(1) ?? [];
  const [firstMinor = 0, firstPatch = 0] = NEW_KEYS[major] ?? [];
  if (NEW_KEYS[major] === undefined) return Number(major) > 20;
  return Number(minor) > firstMinor || (Number(minor) === firstMinor && Number(patch) >= firstPatch);
}
