import type { ProgramName } from "../../sandbox/servers/record";

/** What the programs come from, as tools/ pins it. */
export interface Tool {
  readonly name: "etcd" | "kubernetes" | "kwok";
  /** The Go module whose version counts. */
  readonly module: string;
  /** Main packages by program. */
  readonly packages: Readonly<Partial<Record<ProgramName, string>>>;
}

const KUBERNETES = "k8s.io/kubernetes";
/** All of them. */
export const TOOLS: readonly Tool[] = [
  { name: "etcd", module: "go.etcd.io/etcd/server/v3", packages: { etcd: "go.etcd.io/etcd/server/v3" } },
  {
    name: "kubernetes",
    module: KUBERNETES,
    packages: Object.fromEntries(
      (["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const).map((name) => [name, `${KUBERNETES}/cmd/${name}`]),
    ),
  },
  { name: "kwok", module: "sigs.k8s.io/kwok", packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" } },
];
