/** How an image's packages are named and installed; `unknown` where neither is known of it. */
export type OperatingSystem = "debian" | "redhat" | "suse" | "unknown";

/** What an image's usual name says. Debian and Ubuntu are last: they are also what a name without any hint is taken for. */
const NAMES: readonly (readonly [OperatingSystem, RegExp])[] = [
  ["redhat", /rocky|centos|alma|rhel|red.?hat|fedora|oracle|amazon.?linux|amzn|al20\d\d|euler|anolis|scientific/i],
  ["suse", /suse|sles|leap/i],
  ["unknown", /flatcar|coreos|talos|bottlerocket|photon|cirros|alpine|arch|gentoo|bsd|windows/i],
];

/** Which family of systems an image is of, by its name. */
export function operatingSystem(image: string): OperatingSystem {
  return NAMES.find(([, name]) => name.test(image))?.[0] ?? "debian";
}

const NFS_CLIENTS: Readonly<Partial<Record<OperatingSystem, string>>> = { debian: "nfs-common", redhat: "nfs-utils", suse: "nfs-client" };

/** Whether a package is one that lets a machine mount NFS. */
export function isNfsClient(name: string): boolean {
  return Object.values(NFS_CLIENTS).includes(name);
}

/** The package that lets a machine mount NFS; undefined where none is known. */
export function nfsClient(system: OperatingSystem): string | undefined {
  return NFS_CLIENTS[system];
}
