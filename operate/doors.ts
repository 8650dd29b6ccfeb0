import type * as Cluster from "../engine/cluster";
import type * as HalfRecovered from "../engine/half-recovered";
import type * as ListStates from "../engine/list-states";
import type * as Operations from "../engine/operations";
import type * as Read from "../engine/read";
import type * as Recover from "../engine/recover";
import type * as Secrets from "../engine/secrets-provider";
import type * as States from "../engine/states";
import type * as EditEnvironment from "../files/edit-environment";
import type * as Load from "../files/load";
import type * as StandIn from "../files/stand-in";
import { loadLater } from "../host/later";
import type * as ClusterKubespray from "./cluster/kubespray";

/** What the use cases need of the rest, each part loaded when it is first needed. Tests put their own in its place. */
export interface Doors {
  environments(): Promise<Pick<typeof Load, "findRoot" | "listEnvironments" | "loadEnvironment" | "writeLock">>;
  editor(): Promise<Pick<typeof EditEnvironment, "editEnvironment" | "writeEdited" | "relocked">>;
  standIns(): Promise<Pick<typeof StandIn, "standIn">>;
  kubespray(): Promise<Pick<typeof ClusterKubespray, "kubesprayFor">>;
  states(): Promise<
    Pick<typeof States, "projectOf" | "readStates" | "replaceStates"> &
      Pick<typeof ListStates, "listStates" | "namesInBackend"> &
      Pick<typeof Recover, "recover" | "importRecovered"> &
      Pick<typeof HalfRecovered, "wasRecovering" | "forgetHalfRecovered"> &
      Pick<typeof Secrets, "readSecrets" | "changeSecrets">
  >;
  engine(): Promise<
    Pick<typeof Operations, "previewEnvironment" | "upEnvironment" | "refreshEnvironment" | "driftOfEnvironment" | "destroyEnvironment"> &
      Pick<typeof Read, "readLoss" | "readMachines" | "readOutputs" | "readRecorded" | "readRotations"> &
      Pick<typeof Cluster, "withCluster">
  >;
}

/** The real parts. */
export const DOORS: Doors = {
  environments: () => import("../files/load.js"),
  editor: () => import("../files/edit-environment.js"),
  standIns: () => import("../files/stand-in.js"),
  kubespray: () => import("./cluster/kubespray.js"),
  states: async () => {
    loadLater();
    const [states, listed, secrets, recovery, half] = await Promise.all([
      import("../engine/states.js"),
      import("../engine/list-states.js"),
      import("../engine/secrets-provider.js"),
      import("../engine/recover.js"),
      import("../engine/half-recovered.js"),
    ]);
    return { ...states, ...listed, ...secrets, ...recovery, ...half };
  },
  engine: async () => {
    loadLater();
    const parts = [import("../engine/operations.js"), import("../engine/read.js"), import("../engine/cluster.js")] as const;
    const [operations, read, cluster] = await Promise.all(parts);
    return { ...operations, ...read, ...cluster };
  },
};
