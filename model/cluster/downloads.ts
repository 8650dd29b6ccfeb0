import { componentsOf, kubesprayRelease, minorOf } from "./releases";
import type { ClusterSpec } from "./types";

type Variables = ClusterSpec["variables"];

const plugin =
  (name: string) =>
  ({ kube_network_plugin = "calico" }: Variables): boolean =>
    kube_network_plugin === name;
const runtime =
  (name: string) =>
  ({ container_manager = "containerd" }: Variables): boolean =>
    container_manager === name;

/** When kubespray fetches what is not always needed, by its names. */
const needed: Readonly<Record<string, (variables: Variables) => boolean>> = {
  nodelocaldns: ({ enable_nodelocaldns = true }) => enable_nodelocaldns === true,
  nginx: ({ loadbalancer_apiserver }) => loadbalancer_apiserver === undefined,
  "kube-vip": ({ kube_vip_enabled }) => kube_vip_enabled === true,
  calico_node: plugin("calico"),
  calico_cni: plugin("calico"),
  calico_flexvol: plugin("calico"),
  calico_policy: plugin("calico"),
  calico_typha: (variables) => plugin("calico")(variables) && variables.typha_enabled === true,
  cilium: plugin("cilium"),
  cilium_operator: plugin("cilium"),
  cilium_operator_generic: plugin("cilium"),
  cilium_envoy: plugin("cilium"),
  flannel: plugin("flannel"),
  flannel_init: plugin("flannel"),
  crio: runtime("crio"),
  skopeo: runtime("crio"),
  runc: runtime("containerd"),
  containerd: runtime("containerd"),
  nerdctl: runtime("containerd"),
  calicoctl: plugin("calico"),
  calico_crds: plugin("calico"),
  ciliumcli: plugin("cilium"),
  cilium_charts: plugin("cilium"),
  cilium_chart: plugin("cilium"),
};

const CONTROL_PLANE = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];

/** What kubespray fetches for a cluster. */
interface ClusterDownloads {
  readonly images: string[];
  readonly files: string[];
  /** The files by kubespray's names of them. */
  readonly named: Readonly<Record<string, string>>;
}

/**
 * What kubespray fetches for a cluster, in order: images as their makers name them, files by the addresses they come from. Add-ons that
 * `cluster.variables` brings fetch more, which is not listed.
 */
export function clusterDownloads(spec: Pick<ClusterSpec, "kubespray" | "kubernetes" | "variables">): ClusterDownloads {
  const { kubernetes, variables } = spec;
  const release = kubesprayRelease(spec.kubespray);
  if (!release) return { images: [], files: [], named: {} };
  const { images, files, older } = release.downloads;
  const differ = older[minorOf(kubernetes)];
  const coredns = componentsOf(release, kubernetes)?.coredns;
  const chosen = (all: Readonly<Record<string, string | undefined>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, text]) =>
        text === undefined || needed[name]?.(variables) === false ? [] : [[name, text.replaceAll("{kubernetes}", kubernetes)]],
      ),
    );
  const known = { ...images, ...differ?.images };
  const named = chosen({ ...files, ...differ?.files });
  return {
    images: [
      ...CONTROL_PLANE.map((name) => `registry.k8s.io/${name}:v${kubernetes}`),
      ...Object.values(chosen({ ...known, ...(coredns && { coredns: known.coredns?.replace(/:.*/, `:v${coredns}`) }) })),
    ].sort(),
    files: Object.values(named).sort(),
    named,
  };
}
