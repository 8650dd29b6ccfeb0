/** A file of hosts that are there already: a control plane, two workers, and one that nothing names; `over` is laid over its top level. */
export function hostsFile(
  existing: Record<string, unknown> = {},
  over: Record<string, unknown> = {},
  infrastructure: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name: "metal",
    infrastructure: {
      provider: "existing",
      network: { cidr: "10.0.0.0/24" },
      access: { ssh: { privateKey: { file: "/nowhere/key" } } },
      existing: { hosts: HOSTS, nfs: "cp", ...existing },
      ...infrastructure,
    },
    cluster: { controlPlane: { nodes: { cp: {} } }, pools: { worker: { nodes: { a: {}, b: {} } } } },
    platform: { loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" } },
    ...over,
  };
}

/** What the file describes. */
export const HOSTS = {
  cp: { address: "10.0.0.11", accessAddress: "203.0.113.11", port: 2222 },
  a: { address: "10.0.0.12", zone: "rack-1", user: "rocky" },
  b: { address: "10.0.0.13", volumes: [{ name: "osd", device: "/dev/disk/by-id/wwn-0x5000" }] },
};
