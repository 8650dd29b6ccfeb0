import v2260 from "../../catalog/kubespray/v2.26.0.json";
import v2261 from "../../catalog/kubespray/v2.26.1.json";
import v2270 from "../../catalog/kubespray/v2.27.0.json";
import v2271 from "../../catalog/kubespray/v2.27.1.json";
import v2280 from "../../catalog/kubespray/v2.28.0.json";
import v2281 from "../../catalog/kubespray/v2.28.1.json";
import v2290 from "../../catalog/kubespray/v2.29.0.json";
import v2291 from "../../catalog/kubespray/v2.29.1.json";
import v2300 from "../../catalog/kubespray/v2.30.0.json";
import v2310 from "../../catalog/kubespray/v2.31.0.json";

/** What a kubespray tag installs with a Kubernetes minor: versions without a leading v. */
export interface ComponentVersions {
  readonly etcd: string;
  readonly crio: string;
  readonly containerd: string;
  readonly calico: string;
  readonly cilium: string;
  readonly flannel: string;
  readonly coredns: string;
}

/** Images by their whole references, files by their URLs (amd64). */
export interface Downloads {
  readonly images: Readonly<Record<string, string | undefined>>;
  readonly files: Readonly<Record<string, string | undefined>>;
}

/** The facts of one kubespray tag that planning and running need. */
export interface KubesprayRelease {
  readonly tag: string;
  readonly commit: string;
  readonly date: string;
  readonly kubernetes: {
    readonly default: string;
    /** The oldest version its validation accepts. */
    readonly minimum: string;
    /** True where the variable `kube_version` needs a leading v. */
    readonly writtenWithV: boolean;
    /** The minors with all component versions mapped, newest first. */
    readonly minors: readonly string[];
    /** Every version with checksums, newest first. */
    readonly versions: readonly string[];
  };
  readonly ansible: {
    readonly core: { readonly minimum: string; readonly below: string };
    /** Python packages pinned by the tag, by name. */
    readonly requirements: Readonly<Record<string, string>>;
    readonly python: { readonly minimum: string; readonly maximum: string };
  };
  /** By Kubernetes minor, e.g. `1.33`. */
  readonly components: Readonly<Record<string, ComponentVersions>>;
  /** The versions that the tag can tell to be whole, newest first: hosts fetch no other. */
  readonly checksums: Readonly<Record<"crio" | "containerd" | "etcd" | "calico", readonly string[]>>;
  /** What may be fetched, by kubespray's names; `{kubernetes}` stands for the version. What differs with an older minor is under it. */
  readonly downloads: Downloads & { readonly older: Readonly<Record<string, Downloads>> };
  /** What differs for the older patches of a minor, by the first version that has the minor's own. */
  readonly componentsBelow?: Readonly<Record<string, Partial<ComponentVersions>>>;
  /** Path in the checkout by playbook. */
  readonly playbooks: Readonly<Record<string, string>>;
  /** Values of the variables the checks read, where the inventory sets none. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Values the tag's validation accepts, by what they are for. */
  readonly allowed: Readonly<Record<string, readonly string[]>>;
  /** Variables that stop a run when they are set. */
  readonly removedVariables: readonly string[];
  readonly deprecatedVariables: readonly string[];
  /** Variables that the tag calls otherwise than the minor before it, with the same value: the old name, and the new one. */
  readonly renamedVariables?: Readonly<Record<string, string>>;
}

const releases: readonly KubesprayRelease[] = [v2260, v2261, v2270, v2271, v2280, v2281, v2290, v2291, v2300, v2310];

const byTag: ReadonlyMap<string, KubesprayRelease> = new Map(releases.map((entry) => [entry.tag, entry]));

/** The tags the catalogue knows, oldest first. */
export const kubesprayTags: readonly string[] = releases.map((entry) => entry.tag);

/** The facts of a tag such as `v2.29.0`, or undefined where the catalogue does not know it. */
export function kubesprayRelease(tag: string): KubesprayRelease | undefined {
  return byTag.get(tag);
}

/** `1.33` of `1.33.5`. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** `33` of `1.33.5`, and `29` of the tag `v2.29.0`. */
export function minorNumber(version: string): number {
  return Number(version.split(".")[1]);
}

/** Whether the tag installs that version of Kubernetes: it has its checksums, and etcd and runtime that go with it. */
export function installs({ kubernetes }: KubesprayRelease, version: string): boolean {
  return kubernetes.versions.includes(version) && kubernetes.minors.includes(minorOf(version));
}

/** What the tag installs with that version of Kubernetes; undefined where it does not know the minor. */
export function componentsOf({ components, componentsBelow = {} }: KubesprayRelease, version: string): ComponentVersions | undefined {
  const known = components[minorOf(version)];
  const older = Object.entries(componentsBelow).flatMap(([first, differ]) =>
    minorOf(first) === minorOf(version) && compareVersions(version, first) < 0 ? [differ] : [],
  );
  return known && Object.assign({}, known, ...older);
}

/** Every version of Kubernetes that some tag installs, newest first. */
export const kubernetesVersions: readonly string[] = [
  ...new Set(releases.flatMap((entry) => entry.kubernetes.versions.filter((version) => installs(entry, version)))),
].sort((a, b) => compareVersions(b, a));

/** The tag that installs that version: the preferred one where it does, else the newest that does; undefined where none does. */
export function tagFor(version: string, preferred: string): string | undefined {
  const able = releases.filter((entry) => installs(entry, version)).map(({ tag }) => tag);
  return able.includes(preferred) ? preferred : able.at(-1);
}

/** The version nearest to one that no tag installs: of its minor, else of the nearest minor, the newest one there is. */
export function nearestKubernetes(version: string): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const distance = (other: string): number => {
    const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
    return Math.abs((otherMajor - major) * 1000 + otherMinor - minor);
  };
  return kubernetesVersions.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** Below zero where the first is the older one; without a leading v. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  return left.map((part, index) => part - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
