import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pinnedVersion } from "../../engine/build";
import { packageRoot } from "../../engine/paths";
import { cacheFolder } from "../../host/cache";
import { RELEASE } from "./platform-images";

/*
 * What nodes are made of: one folder for each thing and version in the cache, `~/.cache/kpaas/nodes/NAME-VERSION`. A folder is there whole or
 * not at all, and stays; to make one anew, remove it.
 */

/** Programs that a Go module of tools/nodes/ pins. */
export interface GoPart {
  readonly name: string;
  /** The folder below tools/nodes/. */
  readonly module: string;
  /** The Go module whose version counts. */
  readonly pins: string;
  /** Main packages by program. */
  readonly packages: Readonly<Record<string, string>>;
  /** Variables the linker sets to the version, with a leading v. */
  readonly stamps?: readonly string[];
  /** How long it takes when nothing of it was ever compiled here, as words. */
  readonly estimate: string;
}

const KUBERNETES = "k8s.io/kubernetes";
const CONTAINERD = "github.com/containerd/containerd/v2";
const ETCD = "go.etcd.io/etcd";
export const FLANNEL = "github.com/flannel-io/flannel";

const kubernetes = (name: string, module: string): GoPart => ({
  name,
  module,
  pins: KUBERNETES,
  packages: Object.fromEntries(
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubeadm", "kubectl"].map((name) => [
      name,
      `${KUBERNETES}/cmd/${name}`,
    ]),
  ),
  stamps: ["k8s.io/component-base/version.gitVersion", "k8s.io/client-go/pkg/version.gitVersion"],
  estimate: "12 minutes of one core",
});

export const GO_PARTS = {
  kubernetes: kubernetes("kubernetes", "kubernetes"),
  containerd: {
    name: "containerd",
    module: "containerd",
    pins: CONTAINERD,
    packages: Object.fromEntries(["containerd", "ctr", "containerd-shim-runc-v2"].map((name) => [name, `${CONTAINERD}/cmd/${name}`])),
    stamps: [`${CONTAINERD}/version.Version`],
    estimate: "3 minutes of one core",
  },
  etcd: {
    name: "etcd",
    module: "etcd",
    pins: `${ETCD}/server/v3`,
    packages: { etcd: `${ETCD}/server/v3` },
    estimate: "2 minutes of one core",
  },
  etcdctl: {
    name: "etcdctl",
    module: "etcdctl",
    pins: `${ETCD}/etcdctl/v3`,
    packages: { etcdctl: `${ETCD}/etcdctl/v3`, etcdutl: `${ETCD}/etcdutl/v3` },
    estimate: "2 minutes of one core",
  },
  crictl: {
    name: "crictl",
    module: "crictl",
    pins: "sigs.k8s.io/cri-tools",
    packages: { crictl: "sigs.k8s.io/cri-tools/cmd/crictl" },
    stamps: ["sigs.k8s.io/cri-tools/pkg/version.Version"],
    estimate: "90 seconds of one core",
  },
  cniFlannel: {
    name: "cni-flannel",
    module: "cni-flannel",
    pins: "github.com/containernetworking/plugins",
    packages: { flannel: "github.com/containernetworking/plugins/plugins/meta/flannel" },
    estimate: "some seconds",
  },
  flannel: {
    name: "flannel",
    module: "addons",
    pins: FLANNEL,
    packages: { flanneld: "./flanneld" },
    stamps: [`${FLANNEL}/pkg/version.Version`],
    estimate: "2 minutes of one core",
  },
  coredns: {
    name: "coredns",
    module: "addons",
    pins: "github.com/coredns/coredns",
    packages: { coredns: "./coredns" },
    estimate: "1 minute of one core",
  },
} as const satisfies Readonly<Record<string, GoPart>>;

/** An earlier minor, which the tests upgrade from where it is there: made only where somebody asks for `previous`. */
export const PREVIOUS: GoPart = kubernetes("kubernetes-previous", "kubernetes-previous");

/** What shell scripts make, by the script's name without `.sh`: Debian's packages, a node's root, images and files that nodes download. */
export const SCRIPT_PARTS = ["debian", "base", "images", "files"] as const;
/** What is made only where somebody asks for it: an earlier Kubernetes, and images of what the platform's services run. */
export const OPTIONAL_PARTS = ["previous", "platform"] as const;
export type ScriptPart = (typeof SCRIPT_PARTS)[number] | (typeof OPTIONAL_PARTS)[number];

/** Debian's name of its release. */
export const SUITE = "bookworm";
/** The kubespray release whose defaults the names and versions of images and files follow. */
export const KUBESPRAY = "2.29.0";

/** The folder of this folder's own files: dist/ has the compiled ones only. */
export const sources = join(packageRoot(), "dev", "nodes");

export function nodesCache(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), "nodes");
}

/** A Go part's module folder, version and place in the cache. */
export function placeOf(part: GoPart): { readonly module: string; readonly version: string; readonly root: string } {
  const module = join(packageRoot(), "tools", "nodes", part.module);
  const version = pinnedVersion(module, part.pins);
  return { module, version, root: join(nodesCache(), `${part.name}-${version}`) };
}

/** Where the programs of a Go part are. */
export const programsOf = (part: GoPart): string => join(placeOf(part).root, "bin");

/** Where a script's part is. Kubernetes' version is in the names of what holds its programs. */
export function scriptPlace(part: ScriptPart): string {
  const { version } = placeOf(GO_PARTS.kubernetes);
  const versions = {
    ...{ debian: SUITE, base: SUITE, images: `kubernetes-${version}`, files: `kubespray-${KUBESPRAY}-kubernetes-${version}` },
    previous: `kubernetes-${placeOf(PREVIOUS).version}`,
    platform: `kpaas-${RELEASE}`,
  };
  return join(nodesCache(), `${part}-${versions[part]}`);
}

/** Where the key is that nodes accept. Whoever has it reaches nothing but nodes in a network without a way in. */
export const keyFile = (): string => join(nodesCache(), "ssh-key", "id");

/** What is not in the cache yet, as words; empty where nodes can be booted and made a cluster. */
export function missingParts(): string[] {
  return [
    ...SCRIPT_PARTS.map(scriptPlace),
    ...Object.values(GO_PARTS).map((part) => placeOf(part).root),
    join(nodesCache(), "ssh-key"),
  ].filter((folder) => !existsSync(folder));
}

/** The earlier Kubernetes that nodes can be upgraded from; undefined where it was not made. */
export const previousKubernetes = (): string | undefined => (existsSync(scriptPlace("previous")) ? placeOf(PREVIOUS).version : undefined);

/** Why nodes cannot run on this machine, whatever the cache has; undefined where they can. */
export function machineProblem(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "nodes need Linux on x86-64";
  if (process.getuid?.() !== 0) return "nodes need root";
  const capabilities = BigInt(`0x${/^CapEff:\s+(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`);
  const lacking = Object.entries({ CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n, CAP_MKNOD: 27n }).filter(
    ([, bit]) => (capabilities & (1n << bit)) === 0n,
  );
  if (lacking.length > 0) return `nodes need ${lacking.map(([name]) => name).join(", ")}`;
  if (!existsSync("/sys/fs/cgroup/freezer")) return "nodes need cgroup v1 (hybrid is fine); v2 alone was never tried";
  const filesystems = readFileSync("/proc/filesystems", "utf8");
  if (!filesystems.includes("\toverlay\n")) return "nodes need a kernel with overlayfs";
  const program = ["systemd-nspawn", "nsenter", "ip", "ssh"].find((name) => !onPath(name));
  if (program !== undefined)
    return `nodes need the program ${program}${program === "systemd-nspawn" ? " (Debian: systemd-container)" : ""}`;
  return undefined;
}

function onPath(name: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => folder !== "" && existsSync(folder) && readdirSync(folder).includes(name));
}
