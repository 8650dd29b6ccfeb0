import { holdsSecret } from "../environment/checks-variables";
import { isSecretName } from "../environment/variables";
import type { Lock, LockChange } from "../lock";
import { inputField } from "../plan/input-field";
import type { EnvironmentPlan } from "../plan/types";
import type { Finding } from "../problems";
import { kubesprayRelease } from "./releases";
import type { ClusterNode, ClusterSpec } from "./types";
import { changedVariables, fixedVariables, isConnectionVariable, sameValue } from "./variables";

/** A cluster that was made by hand, as it is recorded when it is taken over, and what the file says otherwise. */
export interface ComparedCluster {
  readonly spec: ClusterSpec;
  /** By the fields of the file: what the cluster has, and what the file says. */
  readonly differences: readonly LockChange[];
  /** Variables of the inventory that the file does not name: kubespray's defaults apply from the next run over the whole cluster on. */
  readonly dropped: readonly string[];
}

/**
 * The lock with what a cluster that stands has chosen: versions, the order of its members, and their names in etcd. Who made it by hand has led
 * to it by ingress-nginx, as K-PaaS has it.
 */
export function lockOf(lock: Lock, imported: ClusterSpec): Lock {
  const { kubernetes, kubespray } = imported;
  const machines = Object.entries(lock.machines).map(([key, machine]) => {
    const node = imported.nodes[key];
    if (!node) return [key, machine];
    const place = imported.controlPlane.includes(key) ? imported.controlPlane.indexOf(key) : imported.etcd.indexOf(key);
    const order = place < 0 ? {} : { order: place + 1 };
    return [key, { ...machine, ...order, ...(node.etcdMember === undefined ? {} : { etcdMember: node.etcdMember }) }];
  });
  const { ingress: _ofNewOnes, ...rest } = lock;
  return { ...rest, kubernetes, kubespray, machines: Object.fromEntries(machines) };
}

/** Hosts that only one of inventory and file names, or gives other roles. */
export function unlikeNodes(imported: ClusterSpec, { cluster }: EnvironmentPlan): Finding[] {
  const names = [...new Set([...Object.keys(imported.nodes), ...Object.keys(cluster.nodes)])].sort();
  return names.flatMap((name): Finding[] => {
    const [there, planned] = [imported.nodes[name], cluster.nodes[name]];
    const wrong = (reason: string, remedy: string): Finding[] => [
      { path: "cluster.pools", value: name, reason, remedy, severity: "error" },
    ];
    if (!planned)
      return wrong("is a host of the inventory that the file names nowhere", "name it under controlPlane, etcd or a pool, by this key");
    if (!there) return wrong("is a node that the inventory does not have", "take it out of the file, or join it by kubespray first");
    const [was, becomes] = [there, planned].map(({ roles }) => [...roles].sort().join(", "));
    return was === becomes ? [] : wrong(`is ${was} by the inventory, and ${becomes} by the file`, "name it in the file as it is");
  });
}

/** Compares a cluster, field by field, with what its file asks for. The nodes of both are the same. */
export function compareCluster(imported: ClusterSpec, plan: EnvironmentPlan): ComparedCluster {
  const wanted = plan.cluster;
  const defaults = kubesprayRelease(imported.kubespray)?.defaults ?? {};
  const named = (name: string): boolean => Object.hasOwn(wanted.variables, name);
  const own = Object.entries(imported.variables).filter(([name, value]) => !isConnectionVariable(name) && !holdsSecret(name, value));
  // What the file does not say is kubespray's default, unless no running cluster can change it.
  const dropped = own.filter(([name, value]) => !named(name) && !fixedVariables.includes(name) && !sameValue(value, defaults[name]));
  const kept = own.filter(([name, value]) => named(name) || (fixedVariables.includes(name) && !sameValue(value, defaults[name])));
  const byDefault = Object.keys(wanted.variables).flatMap((name) => {
    if (isConnectionVariable(name)) return [[name, wanted.variables[name]] as const];
    return Object.hasOwn(imported.variables, name) || defaults[name] === undefined ? [] : [[name, defaults[name]] as const];
  });
  const nodes = Object.entries(wanted.nodes).map(([name, node]): [string, ClusterNode] => {
    const there = imported.nodes[name] ?? node;
    const { etcdMember: _planned, ...rest } = node;
    const { address, labels, taints, etcdMember } = there;
    return [name, { ...rest, address, labels, taints, ...(etcdMember === undefined ? {} : { etcdMember }) }];
  });
  const { kubernetes, kubespray, controlPlane, etcd } = imported;
  const { host, port } = imported.apiEndpoint;
  const spec: ClusterSpec = {
    ...wanted,
    ...{ kubernetes, kubespray, controlPlane, etcd },
    nodes: Object.fromEntries(nodes),
    variables: Object.fromEntries([...byDefault, ...kept]),
    apiEndpoint: { ...wanted.apiEndpoint, host, port },
  };
  return { spec, differences: differencesOf(spec, plan), dropped: dropped.map(([name]) => name).sort() };
}

function differencesOf(spec: ClusterSpec, plan: EnvironmentPlan): LockChange[] {
  const wanted = plan.cluster;
  const machineOf = (name: string) => plan.machines.find((machine) => machine.name === name);
  const changed = (path: string, was: unknown, becomes: unknown, of = ""): LockChange[] =>
    sameValue(was, becomes)
      ? []
      : [
          {
            path: `${inputField(path, machineOf)}${of}`,
            ...(was === undefined ? {} : { was }),
            ...(becomes === undefined ? {} : { becomes }),
          },
        ];
  return [
    ...(["kubernetes", "kubespray", "controlPlane", "etcd", "apiEndpoint"] as const).flatMap((field) =>
      changed(field, spec[field], wanted[field]),
    ),
    ...Object.keys(wanted.nodes).flatMap((name) =>
      (["address", "etcdMember", "labels", "taints"] as const).flatMap((field) =>
        changed(`nodes.${name}`, spec.nodes[name]?.[field], wanted.nodes[name]?.[field], `.${name}.${field}`),
      ),
    ),
    ...changedVariables(spec.variables, wanted.variables).flatMap((name) =>
      changed(`variables.${name}`, spec.variables[name], isSecretName(name) ? "a secret" : wanted.variables[name]),
    ),
  ];
}
