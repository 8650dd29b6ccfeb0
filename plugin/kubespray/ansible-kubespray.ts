import { AnsibleRunner } from "./ansible/runner";
import { lacksForTag, unusableHere } from "./ansible/unusable";
import { hostsJournal } from "./hosts/hosts-journal";
import { hostsView } from "./hosts/hosts-view";
import type { Kubespray } from "./kubespray";

/** Kubespray on hosts that SSH reaches. @param root the project's folder, below which logs, facts and known host keys are kept */
export function ansibleKubespray(root: string): Kubespray {
  return {
    unusable: unusableHere(),
    lacks: ({ spec, kubespraySource }) => lacksForTag(spec.kubespray, kubespraySource),
    runner: new AnsibleRunner(root),
    view: hostsView(root),
    journal: (place) => hostsJournal(root, place),
  };
}
