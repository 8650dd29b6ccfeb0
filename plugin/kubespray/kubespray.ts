import { type Clock, systemClock } from "../clock";
import type { ClusterView } from "./cluster-view";
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
  lacks?(inputs: Pick<ClusterInputs, "spec" | "kubespraySource">): string | undefined;
  readonly runner: PlaybookRunner;
  readonly view: ClusterView;
  /** In milliseconds, how long what a run has made may take to work, and how often it is asked. @default ten minutes, every five seconds */
  readonly effect?: { readonly within: number; readonly every: number };
  /** The journal that lives with the cluster. */
  journal(place: JournalPlace): Journal;
}

/**
 * Kubespray in the sandbox.
 * @param now the world's time
 * @param env names the passphrase that secrets are kept sealed with
 */
export function sandboxKubespray(world: string, now: Clock = systemClock, env: NodeJS.ProcessEnv = process.env): Kubespray {
  const cluster = new SandboxCluster(world, now, env);
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
