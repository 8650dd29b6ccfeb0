import type { ServiceArgs } from "../args";

/** Arguments of {@link ChaosMesh}. */
export interface ChaosMeshArgs extends ServiceArgs {
  /** What runs containers on the nodes: its socket is what the daemon reaches into them by. */
  readonly runtime: "crio" | "containerd";
  /** Namespaces whose pods may ask its dashboard. @default nobody's */
  readonly clients?: readonly string[];
}
