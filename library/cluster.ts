/* `kpaas/cluster`: a Kubernetes cluster by kubespray, on machines of any origin, and playbooks on them. */
export { Playbook, type PlaybookArgs, type PlaybookHost } from "../components/ansible/playbook";
export { Cluster, type ClusterArgs, type ClusterMachine, clusterProvider } from "../components/cluster/cluster";
export type { NodeStatus, StepSummary } from "../components/cluster/kubespray-cluster";
export type { SshAccess } from "../components/infrastructure";
export type { AccessArgs as PlaybookAccessArgs } from "../components/ssh-access";
export type { ClusterNode, ClusterSpec } from "../model/cluster/types";
