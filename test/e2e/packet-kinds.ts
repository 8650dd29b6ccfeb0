import type { EnvironmentPlan } from "../../model/plan/types";
import { plannedFile } from "../support/environment";

/** Environments of existing hosts with our table of nftables, of every kind that has other flows. */

/** Hosts that are there already; each kind has tasks for some of them. */
export const HOSTS: Readonly<Record<string, { address: string; port?: number; accessAddress?: string }>> = {
  "cp-1": { address: "10.0.0.11", accessAddress: "203.0.113.11" },
  "cp-2": { address: "10.0.0.12", port: 2222 },
  "cp-3": { address: "10.0.0.13" },
  "general-1": { address: "10.0.0.21" },
  "general-2": { address: "10.0.0.22" },
  "gpu-1": { address: "10.0.0.31" },
  nfs: { address: "10.0.0.41" },
  bastion: { address: "10.0.0.51" },
  "etcd-1": { address: "10.0.0.61" },
  "etcd-2": { address: "10.0.0.62" },
  "etcd-3": { address: "10.0.0.63" },
};
/** Who stands beside them, or far away: at both ends of the ranges that the file names, and just outside of them. */
export const OTHERS: Readonly<Record<string, string>> = {
  "first administrator": "203.0.113.0",
  "last administrator": "203.0.113.255",
  "just below the administrators": "203.0.112.255",
  "just above the administrators": "203.0.114.0",
  "first visitor": "198.51.100.64",
  "last visitor": "198.51.100.127",
  "just below the visitors": "198.51.100.63",
  "just above the visitors": "198.51.100.128",
  "the world": "192.0.2.7",
  "a neighbour": "10.0.0.99",
  "the metadata": "169.254.169.254",
  "who says to be a pod": "10.233.100.9",
};
/** Of the API; `cp-1` has it. */
export const VIRTUAL = "10.0.0.250";
/** Of pods on these hosts; the last number is that of the interface which they come by. */
export const PODS: Readonly<Record<string, string>> = { "cp-1": "10.233.65", "general-1": "10.233.64" };
/** Of the balancers' range, as Services have them that these hosts lead to their first pod. */
export const SERVICES: Readonly<Record<string, string>> = { "cp-1": "10.0.0.206", "general-1": "10.0.0.205" };

export interface Kind {
  readonly cluster: Record<string, unknown>;
  /** The interfaces by which pods' packets come. */
  readonly links: readonly string[];
  /** Whether pods' packets travel between nodes as they are. */
  readonly routed?: true;
  readonly bastion?: false;
}
const virtual = { kind: "virtualIp", address: VIRTUAL };
export const KINDS: Readonly<Record<string, Kind>> = {
  "with Calico in VXLAN": { cluster: {}, links: ["cali0123", "vxlan.calico"] },
  "with Calico in IP in IP, kube-vip and etcd apart": {
    cluster: {
      network: { encapsulation: "ipip" },
      apiEndpoint: virtual,
      etcd: { placement: "external", nodes: { "etcd-1": {}, "etcd-2": {}, "etcd-3": {} } },
    },
    links: ["cali0123", "tunl0"],
  },
  "with Calico without encapsulation, and keepalived": {
    cluster: { network: { encapsulation: "none" }, apiEndpoint: { ...virtual, by: "keepalived" } },
    links: ["cali0123"],
    routed: true,
  },
  "with Cilium": { cluster: { network: { plugin: "cilium" } }, links: ["lxc0123", "cilium_vxlan"] },
  "with flannel, and no bastion": { cluster: { network: { plugin: "flannel" } }, links: ["cni0", "flannel.1"], bastion: false },
};

export function planOf({ cluster, bastion }: Kind): EnvironmentPlan {
  const named = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, {}]));
  return plannedFile({
    name: "metal",
    infrastructure: {
      provider: "existing",
      network: { cidr: "10.0.0.0/24" },
      access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["198.51.100.64/26"], ssh: { privateKey: { env: "KEY" } } },
      existing: { hosts: HOSTS, nfs: "nfs", ...(bastion === false ? {} : { bastion: "bastion" }), firewall: "nftables" },
    },
    cluster: {
      controlPlane: { nodes: named("cp-1", "cp-2", "cp-3") },
      pools: { general: { nodes: named("general-1", "general-2") }, gpu: { nodes: named("gpu-1") } },
      ...cluster,
    },
    platform: { loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" } },
  }).plan;
}
