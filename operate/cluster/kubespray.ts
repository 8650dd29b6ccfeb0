import { sandboxEnvironment, sandboxFolders } from "../../engine/sandbox";
import type { EngineTarget } from "../../engine/types";
import { ansibleKubespray } from "../../plugin/kubespray/ansible-kubespray";
import { type Kubespray, sandboxKubespray } from "../../plugin/kubespray/kubespray";
import { clockOf } from "./clock";

/** What runs playbooks on an environment's cluster and looks at it. */
export function kubesprayFor(target: EngineTarget): Kubespray {
  const { root, plan, sandbox } = target;
  if (sandbox) {
    const folders = sandboxFolders(root, plan.environment);
    return sandboxKubespray(folders.world, clockOf(target), sandboxEnvironment(folders));
  }
  return ansibleKubespray(root);
}
