import { type Clock, systemClock } from "../clock";
import { AnsibleRunner } from "./ansible/runner";
import { lacksForTag, unusableHere } from "./ansible/unusable";
import type { ClusterView } from "./cluster-view";
import { hostsJournal } from "./hosts/hosts-journal";
import type { ClusterInputs } from "./inputs";
import { FileJournal, type Journal, type JournalPlace } from "./journal";
import type { PlaybookRunner } from "./runner";
import { SandboxCluster } from "./sandbox-cluster";
import { SandboxRunner } from "./sandbox-runner";
import { SandboxView } from "./sandbox-view";

/** A way to bring clusters up: who runs kubespray's playbooks, and who looks at what they made. */
export interface Kubespray {
  /** Why it cannot be used here, in words for the user; undefined when it can. Asked during previews too. */
  readonly unusable?: string | undefined;
  /** What is missing here for this very cluster, and how to get it; asked during previews too. */
  lacks?(inputs: ClusterInputs): string | undefined;
  readonly runner: PlaybookRunner;
  readonly view: ClusterView;
  /** The journal that lives with the cluster. */
  journal(place: JournalPlace): Journal;
}

/**
 * Kubespray in the sandbox.
 * @param now the world's time
 */
export function sandboxKubespray(world: string, now: Clock = systemClock): Kubespray {
  const cluster = new SandboxCluster(world, now);
  const runner = new SandboxRunner(cluster);
  return {
    get unusable() {
      return runner.unusable;
    },
    runner,
    view: new SandboxView(cluster),
    journal: () => new FileJournal(cluster.path("journal.jsonl")),
  };
}

/**
 * Kubespray on real hosts, by Ansible.
 * @param root the project's folder, below which logs, facts and known host keys are kept
 * @param view what looks at the hosts
 */
export function ansibleKubespray(root: string, view: ClusterView): Kubespray {
  return {
    unusable: unusableHere(),
    lacks: ({ spec, kubespraySource }) => lacksForTag(spec.kubespray, kubespraySource),
    runner: new AnsibleRunner(root),
    view,
    journal: (place) => hostsJournal(root, place),
  };
}

/** Stands where no way can do the work yet: every use of it says so. */
export function unsupportedKubespray(reason: string): Kubespray {
  const refuse = (): never => {
    throw new Error(reason);
  };
  return {
    unusable: reason,
    runner: { prepare: refuse, run: refuse, forget: async () => {} },
    view: { silent: refuse, check: refuse, isDone: refuse, read: refuse },
    journal: refuse,
  };
}
