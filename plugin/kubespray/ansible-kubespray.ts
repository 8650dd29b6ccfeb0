import { AnsibleRunner } from "./ansible/runner";
import { hostsJournal } from "./hosts/hosts-journal";
import { hostsView } from "./hosts/hosts-view";
import type { Kubespray } from "./kubespray";

/** Kubespray on hosts that SSH reaches. @param root the project's folder */
export function ansibleKubespray(root: string): Kubespray {
  return { runner: new AnsibleRunner(root), view: hostsView(root), journal: (place) => hostsJournal(root, place) };
}
