/** Names of the objects that refer to each other; those of Rook's own charts, which its documentation speaks of. */
export const NAMES = {
  cluster: "rook-ceph",
  blocks: "ceph-blockpool",
  files: "ceph-filesystem",
  objects: "ceph-objectstore",
  objectsTls: "ceph-objectstore-tls",
} as const;

/** Storage classes beside the default one: of volumes for one node at a time, and of buckets. */
export const CLASSES = { block: "ceph-block", bucket: "ceph-bucket" } as const;

/** Where Ceph's monitors and daemons keep what they know of themselves, on the machines. */
export const DATA_FOLDER = "/var/lib/rook";

/** The port of the monitors; they speak the second version of Ceph's protocol alone, which is encrypted. */
export const MONITOR_PORT = 3300;

/** The ports that Ceph's other daemons choose theirs of (`ms_bind_port_min`, `ms_bind_port_max`). */
export const DAEMON_PORTS = "6800-7568";

/** The port of the buckets' gateway. */
export const GATEWAY_PORT = 443;

/** Labels by which Rook names the pods of a kind of daemon. */
export const daemonLabels = (daemon: "mon" | "osd" | "mds" | "rgw") => ({ app: `rook-ceph-${daemon}` });
