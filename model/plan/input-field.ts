import { fieldOfVariable } from "../environment/variables";
import type { MachinePlan } from "./infrastructure-types";

/** The field that declares a group of machines. */
export function groupPath(group: string): string {
  const own: Readonly<Record<string, string>> = {
    "control-plane": "cluster.controlPlane.nodes",
    etcd: "cluster.etcd.nodes",
    bastion: "infrastructure.access.bastion",
    nfs: "platform.storage",
  };
  return own[group] ?? `cluster.pools.${group}.nodes`;
}

/**
 * The field of the environment file behind an input of the cluster, e.g. `cluster.network.plugin` of `variables.kube_network_plugin`.
 * @param machineOf the machine behind a node's name, where there is one
 */
export function inputField(path: string, machineOf: (node: string) => Pick<MachinePlan, "key" | "group"> | undefined): string {
  const [head = "", second = "", field] = path.split(".").map((step) => step.replace(/\[\d+\]$/, ""));
  switch (head) {
    case "variables":
      return fieldOfVariable(second) ?? `cluster.variables.${second}`;
    case "etcd":
      return "cluster.etcd";
    case "controlPlane":
      return groupPath("control-plane");
    case "nodes": {
      // It follows from whether the cloud's controller runs.
      if (field === "providerId") return "platform.loadBalancer.services";
      const machine = machineOf(second);
      if (machine === undefined) return "cluster.pools";
      const declared = groupPath(machine.group);
      return field === undefined || !FIELDS_OF_A_MACHINE.includes(field) ? declared : `${declared}.${machine.key}.${field}`;
    }
    case "kubespray":
      return "release";
    case "apiEndpoint":
      return "cluster.apiEndpoint";
    default:
      return `cluster.${path}`;
  }
}

/** What the file can say of one machine. */
const FIELDS_OF_A_MACHINE = ["address", "zone", "size", "generation"];
