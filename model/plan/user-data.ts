import { fingerprintOf } from "../canonical";
import type { HiddenFromPods, MachinePlan } from "./infrastructure-types";
import { nfsClient, operatingSystem } from "./operating-system";
import { groupsOf } from "./rules";
import type { EnvironmentPlan, ServicePlan } from "./types";

/** What cloud-init prepares a machine with at its first boot. */
export type UserData = Readonly<Record<string, unknown>>;

type Planned = Pick<EnvironmentPlan, "platform" | "network" | "services">;

/**
 * The user data of a machine that holds no key of its own; undefined where it needs none.
 * @param devices where the guest may find its first volume
 */
export function userDataOf(
  { platform: { storage }, network, services }: Planned,
  machine: MachinePlan,
  devices: readonly string[] = [],
): UserData | undefined {
  if (groupsOf(machine).includes("nodes")) {
    const client = storage.kind === "nfs" ? nfsClient(operatingSystem(machine.image)) : undefined;
    const asksMetadata = machine.roles.includes("control-plane") && services.some(claimsMetadata);
    return nodeUserData({
      packages: client === undefined ? [] : [client],
      podCidr: network.podCidr,
      ...(asksMetadata ? { asksMetadata } : {}),
      ...(network.metadataResolves ? { metadataResolves: true } : {}),
      ...(network.hidden === undefined ? {} : { hidden: network.hidden }),
    });
  }
  if (!machine.roles.includes("nfs") || storage.kind !== "nfs" || devices.length === 0) return undefined;
  return nfsServerUserData({ devices, path: storage.path, clients: network.cidr });
}

/** Whether pods of a service ask the cloud's metadata; the cloud's own parts alone claim that, and what of them asks runs on control planes. */
export function claimsMetadata({ needs }: Pick<ServicePlan, "needs">): boolean {
  const claim = needs?.cloud;
  return claim !== undefined && "metadata" in claim && claim.metadata === true;
}

/** Tells one user data from another, as far as the plan knows it: without a bastion's key and a volume's device. */
export function userDataDigest(plan: Planned, machine: MachinePlan): string {
  const keyless = machine.roles.includes("bastion") ? bastionUserData({ privateKey: "", publicKey: "" }) : undefined;
  return fingerprintOf(keyless ?? userDataOf(plan, machine, ["/dev/data"]) ?? {});
}

/** What every node of the cluster is prepared with. */
export interface Node {
  /** Packages of the system's own. */
  readonly packages: readonly string[];
  /** The network the pods have their addresses in. */
  readonly podCidr: string;
  /** Whether pods on it may ask the cloud's metadata. @default false */
  readonly asksMetadata?: boolean;
  /** Whether names are asked for there: then pods may do that and nothing else. @default false */
  readonly metadataResolves?: boolean;
  /** What else of the cloud's pods are kept from. @default nothing */
  readonly hidden?: readonly HiddenFromPods[];
}

/** The table of nftables that keeps pods from what nodes alone may reach. */
export function podFilter(
  podCidr: string,
  { asksMetadata = false, metadataResolves = false, hidden = [] }: Omit<Node, "packages" | "podCidr"> = {},
): string {
  const resolver = "    ip daddr 169.254.169.254 meta l4proto { tcp, udp } th dport 53 accept";
  return [
    "table inet kpaas_pods {",
    "  chain forward {",
    "    type filter hook forward priority -10; policy accept;",
    ...(asksMetadata ? [] : [...(metadataResolves ? [resolver] : []), "    ip daddr 169.254.169.254 counter drop"]),
    ...hidden.map(({ address, ports }) => `    ip daddr ${address} tcp dport { ${ports.join(", ")} } counter drop`),
    `    ip daddr != ${podCidr} meta l4proto { tcp, udp } th dport 2049 counter drop`,
    "  }",
    "}",
    "",
  ].join("\n");
}

const POD_FILTER = "/etc/kpaas/pod-filter.nft";

/**
 * User data of a node: installs packages, and keeps what it forwards for pods from the cloud's metadata (which holds user data) and from NFS
 * servers outside the pods' network (which trust nodes). The node itself reaches both, so volumes are mounted as ever. A table of its own
 * that comes before all others: it holds whatever the pod network enforces.
 */
export function nodeUserData({ packages, podCidr, ...metadata }: Node): UserData {
  const filter = ["table inet kpaas_pods", "delete table inet kpaas_pods", podFilter(podCidr, metadata)].join("\n");
  const unit = [
    "[Unit]",
    "Description=Keep pods from the cloud's metadata and from NFS servers",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    `ExecStart=/usr/sbin/nft -f ${POD_FILTER}`,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
  return {
    write_files: [
      { path: POD_FILTER, permissions: "0644", content: filter },
      { path: "/etc/systemd/system/kpaas-pod-filter.service", permissions: "0644", content: unit },
    ],
    package_update: true,
    packages: ["nftables", ...packages],
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "kpaas-pod-filter.service"],
    ],
  };
}

/** A host key, both halves in OpenSSH's format. */
export interface HostKey {
  /** Secret. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * User data of a bastion: the one host key it starts with, and a program by which it makes its own. `make` makes it and prints its public
 * half, `use` puts it in the first one's place; each may be repeated, and once a key of its own is in use, nothing is made any more.
 */
export function bastionUserData({ privateKey, publicKey }: HostKey): UserData {
  const key = "ssh_host_ed25519_key";
  const script = [
    "#!/bin/sh",
    "set -eu",
    "own=/etc/ssh/kpaas-own new=/etc/ssh/kpaas-new",
    'case "$1" in',
    "make)",
    `  if [ -e $own ]; then exec cat /etc/ssh/${key}.pub; fi`,
    "  if [ ! -d $new ]; then",
    "    rm -rf $new.part",
    "    mkdir -m 0700 $new.part",
    `    ssh-keygen -q -t ed25519 -N '' -C '' -f $new.part/${key}`,
    "    mv -T $new.part $new",
    "  fi",
    `  cat $new/${key}.pub`,
    "  ;;",
    "use)",
    "  [ -d $new ] || exit 0",
    `  cp -p $new/${key} $new/${key}.pub /etc/ssh/`,
    "  systemctl reload ssh.service || systemctl reload sshd.service",
    "  touch $own",
    "  rm -rf $new",
    "  ;;",
    "*) exit 2 ;;",
    "esac",
    "",
  ].join("\n");
  return {
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: privateKey, ed25519_public: publicKey },
    write_files: [{ path: "/usr/local/sbin/kpaas-host-keys", permissions: "0755", content: script }],
  };
}

/** What the NFS server machine serves. */
export interface NfsServer {
  /** The data volume's device, by id: where it may be found. It may appear after the machine has started. */
  readonly devices: readonly string[];
  /** The exported folder. */
  readonly path: string;
  /** Who may mount it: the node subnet. The server's security group lets nodes through only. */
  readonly clients: string;
}

const SCRIPT = "/usr/local/sbin/kpaas-nfs-volume";
/** The user that stands for a client's root. */
const NOBODY = 65534;
const PLAIN = /^\/[A-Za-z0-9._/-]+$/;
/** A device may also be told by a pattern of the shell's, such as its place on whatever controller there is. */
const DEVICE = /^\/dev\/[A-Za-z0-9._/:*-]+$/;

/**
 * User data of the NFS server: formats the data volume if it is empty, mounts it and exports it to the node subnet, NFS 4 only. Debian's
 * packages and names of services.
 *
 * A volume that holds a file system is never formatted, so a machine built anew takes over the data. A client's root is nobody here: the
 * export belongs to nobody, so the provisioner can make a folder for each volume, open to the user its pod runs as.
 *
 * @throws Error for a path or device that is no plain absolute path.
 */
export function nfsServerUserData({ devices, path, clients }: NfsServer): UserData {
  for (const [each, plain] of [...devices.map((device) => [device, DEVICE] as const), [path, PLAIN] as const]) {
    if (!plain.test(each)) throw new Error(`"${each}" must be an absolute path of letters, digits, ".", "_", "-" and "/"`);
  }
  const script = [
    "#!/bin/sh",
    "set -eu",
    "tries=0",
    `until for device in ${devices.join(" ")}; do [ ! -b $device ] || break; done; [ -b $device ]; do`,
    "  tries=$((tries + 1))",
    `  [ $tries -le 300 ] || { echo "the volume did not appear: none of ${devices.join(", ")}" >&2; exit 1; }`,
    "  sleep 2",
    "done",
    "blkid $device >/dev/null || mkfs.ext4 -q -m 0 $device",
    `mkdir -p ${path}`,
    `grep -q " ${path} " /etc/fstab || echo "$device ${path} ext4 defaults,nofail 0 2" >>/etc/fstab`,
    "systemctl daemon-reload",
    `mountpoint -q ${path} || mount ${path}`,
    `chown ${NOBODY}:${NOBODY} ${path}`,
    `echo "${path} ${clients}(rw,sync,no_subtree_check,root_squash,anonuid=${NOBODY},anongid=${NOBODY})" >/etc/exports.d/kpaas.exports`,
    "systemctl enable --now nfs-server.service",
    "exportfs -ra",
    "",
  ].join("\n");
  return {
    write_files: [
      { path: SCRIPT, permissions: "0755", content: script },
      { path: "/etc/nfs.conf.d/kpaas.conf", permissions: "0644", content: "[nfsd]\nvers3=n\n" },
      // Never serves the empty folder below the mount, neither after a reboot nor when the volume is missing.
      { path: "/etc/systemd/system/nfs-server.service.d/kpaas.conf", permissions: "0644", content: `[Unit]\nRequiresMountsFor=${path}\n` },
      { path: "/etc/exports.d/.keep", permissions: "0644", content: "" },
    ],
    package_update: true,
    packages: ["nfs-kernel-server"],
    runcmd: [[SCRIPT]],
  };
}
