import { type KubesprayRelease, minorOf } from "./releases";
import type { ClusterSpec } from "./types";

/** A variable's value, or the tag's default. */
export type Value = (name: string) => unknown;

/** Tells of a variable that cannot be so. */
export type Fail = (name: string, reason: string, remedy: string) => void;

/** The container runtime with Kubernetes and with what runs by it. */
export function checkRuntime(spec: ClusterSpec, release: KubesprayRelease, value: Value, fail: Fail): void {
  const manager = value("container_manager");
  const minor = minorOf(spec.kubernetes);
  const crio = spec.variables.crio_version;
  if (manager === "crio" && typeof crio === "string" && minorOf(crio.replace(/^v/, "")) !== minor) {
    fail("crio_version", `CRI-O must have the minor of Kubernetes, ${minor}`, `Use ${release.components[minor]?.crio ?? `${minor}.x`}.`);
  }
  if (value("etcd_deployment_type") === "docker" && manager !== "docker") {
    fail("etcd_deployment_type", 'can be "docker" only with the container manager docker', 'Use "host".');
  }
  if (spec.variables.kata_containers_enabled === true && manager === "docker") {
    fail("kata_containers_enabled", "is supported with containerd and crio only", "Choose another container manager.");
  }
  if (spec.variables.gvisor_enabled === true && manager !== "containerd") {
    fail("gvisor_enabled", "is supported with containerd only", 'Set container_manager to "containerd".');
  }
}

/** Parts whose versions a variable pins: where they are there, and whether their line is fixed by that of Kubernetes. */
const PINNED = [
  { name: "crio", title: "CRI-O", there: ["container_manager", "crio"], paired: false },
  { name: "containerd", title: "containerd", there: ["container_manager", "containerd"], paired: false },
  { name: "etcd", title: "etcd", there: undefined, paired: true },
  { name: "calico", title: "Calico", there: ["kube_network_plugin", "calico"], paired: false },
] as const;

/** A pinned version that the tag cannot fetch, or, of etcd, one of another line than the tag pairs with the minor of Kubernetes. */
export function checkPinned(spec: ClusterSpec, release: KubesprayRelease, value: Value, fail: Fail): void {
  const minor = minorOf(spec.kubernetes);
  for (const { name, title, there, paired } of PINNED) {
    const variable = `${name}_version`;
    const version = String(spec.variables[variable] ?? "").replace(/^v/, "");
    if (version === "" || (there && value(there[0]) !== there[1])) continue;
    const own = release.components[minor]?.[name];
    const remedy = own === undefined ? "Take it out." : `Take it out, or use ${own}.`;
    if (paired && own !== undefined && minorOf(version) !== minorOf(own)) {
      fail(variable, `kubespray ${release.tag} goes with ${title} ${minorOf(own)} for Kubernetes ${minor}`, remedy);
      continue;
    }
    // Who brings the checksum along is let through.
    const brought = Object.keys(spec.variables).some((each) => each.startsWith(name) && each.endsWith("_checksums"));
    if (!brought && !release.checksums[name].includes(version) && !(name === "crio" && minorOf(version) !== minor)) {
      fail(variable, `kubespray ${release.tag} has no checksum of ${title} ${version}, so no host fetches it`, remedy);
    }
  }
}
