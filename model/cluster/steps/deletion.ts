import type { ClusterSpec, ClusterStep } from "../types";
import { isOurVariable, setUpAfter, setUpBefore } from "./ours";
import { isMember, names, Sequence } from "./sequence";

/** What kubespray's reset leaves on the hosts. Data volumes are never touched. */
export const LEFT_BEHIND: readonly string[] = [
  "packages that kubespray installed, and the container images of a shared store",
  "with CRI-O its service, which may still run, its programs, settings and store (/etc/crio, /etc/containers, /var/lib/containers)",
  "users it made (kube, etcd), sysctls, kernel modules it had loaded, and entries in /etc/hosts",
  "firewall rules, whoever made them, but for the table that is ours; those of Kubernetes go with the next start of the host",
  "the audit log (/var/log/kubernetes), mounted data volumes and backups of etcd",
];

/**
 * A cluster with all that was touched of it: a change that broke off has left what it was to take away, and begun with what it was to bring.
 * Who is in no group would be passed over.
 */
export function touched(recorded: ClusterSpec, wanted: ClusterSpec): ClusterSpec {
  const hosts = { ...recorded.hosts, ...wanted.hosts };
  return {
    ...wanted,
    nodes: { ...recorded.nodes, ...wanted.nodes },
    controlPlane: [...new Set([...recorded.controlPlane, ...wanted.controlPlane])],
    etcd: [...new Set([...recorded.etcd, ...wanted.etcd])],
    variables: { ...recorded.variables, ...wanted.variables },
    ...(Object.keys(hosts).length > 0 ? { hosts } : {}),
  };
}

/** The steps that take a cluster down, as its `onDelete` says. */
export function compileDeletion(spec: ClusterSpec): readonly ClusterStep[] {
  if (spec.onDelete === "forget") return [];
  const sequence = new Sequence(spec, spec);
  sequence.run({
    playbook: "reset",
    extraVars: { reset_confirmation: true, skip_confirmation: true, flush_iptables: false },
    nodes: names(spec),
    reason: "the cluster is deleted and its hosts stay",
    precondition: "every host answers",
    check: "no host runs kubelet or etcd",
  });
  if (Object.keys(spec.variables).some(isOurVariable)) {
    sequence.run({
      playbook: "reset-ours",
      nodes: names(spec),
      reason: "what our own playbooks have set up goes too, but for data",
      precondition: "every host answers",
      check: "no host has a timer, a balancer or a firewall table of ours",
    });
  }
  return sequence.steps;
}

/**
 * The steps that make a cluster anew on bare hosts from a snapshot of its etcd: all control planes are gone, and their keys are in the backup.
 * @param snapshot its name at the place of the backups, its path on this machine, or `latest`
 */
export function compileRestore(spec: ClusterSpec, snapshot: string): readonly ClusterStep[] {
  const sequence = new Sequence(spec, { ...spec, nodes: {}, controlPlane: [], etcd: [] });
  const restore = (phase: "keys" | "data" | "end", limit: readonly string[], reason: string): void =>
    sequence.run({
      playbook: "etcd-restore",
      limit,
      extraVars: { phase, snapshot },
      nodes: limit,
      reason,
      precondition: phase === "keys" ? "the host has no cluster on it" : "every control plane runs",
      check: reason,
    });
  // New hosts bear nothing of ours either: what a creation sets up is set up again.
  setUpBefore(sequence, { joining: names(spec), leaving: [] }, undefined, spec);
  sequence.inventory = spec;
  // On the workers too: those that outlive the cluster have to register with the new one.
  const told = names(spec).filter((name) => name === spec.controlPlane[0] || !isMember(spec.nodes[name]));
  restore("keys", told, "the authority and keys of the cluster are put back");
  sequence.run({
    playbook: "cluster",
    nodes: names(spec),
    reason: `create the cluster anew with its own keys: Kubernetes ${spec.kubernetes} on ${names(spec).length} nodes`,
    precondition: "every machine answers and has no cluster on it",
    check: "every node is Ready, every etcd member healthy and the API answers",
  });
  // Workers too: they have become nodes of a cluster that ends here.
  restore("data", names(spec), "etcd holds what the snapshot does");
  setUpAfter(sequence, undefined, spec);
  // Until then another restore begins where this one did, and none takes the half of it for the cluster.
  restore("end", spec.controlPlane.slice(0, 1), "the restore has ended");
  sequence.settle(spec);
  return sequence.steps;
}
