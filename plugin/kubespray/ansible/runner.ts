import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeOwnFolder } from "../../../host/own-folder";
import { clearLeftovers } from "../../../host/temporary";
import { playbooks } from "../../../model/cluster/playbooks";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import type { PlaybookEvent, PlaybookRunner, RunAccess, StepContext } from "../runner";
import type { Making } from "./cached";
import { inventoryFiles, writeArguments } from "./inventory";
import { Kept } from "./kept";
import { play } from "./playbook";
import { Durations, Progress } from "./progress";
import { pythonEnvironment, requirementsOf } from "./python";
import { ansibleEnvironment, writeSettings } from "./settings";
import { kubespraySource, releaseOf } from "./source";
import { withRunFolder } from "./ssh-config";
import { cannotBreakOff } from "./unbreakable";

/** The installed package: four above dist/plugin/kubespray/ansible. */
const PACKAGE = resolve(__dirname, "..", "..", "..", "..");

/** Our programs in Python, which are no part of what is compiled. */
export const PROGRAMS = join(PACKAGE, "plugin", "kubespray", "ansible", "python");

/** How many logs of a cluster are kept. */
const LOGS_KEPT = 200;

/** Where the parts of a run come from; tests have their own. */
export interface Sources {
  /** The folder of a kubespray tag. */
  kubespray(tag: string, source: string | undefined, making: Making): Promise<string>;
  /** The Python of a tag's environment. */
  python(tag: string, making: Making): Promise<string>;
}

const fromCache: Sources = {
  kubespray: kubespraySource,
  python: async (tag, making) => {
    const release = releaseOf(tag);
    return await pythonEnvironment(requirementsOf(release), release.ansible.python, making);
  },
};

/** Runs kubespray's playbooks and ours by Ansible, on hosts that SSH reaches. */
export class AnsibleRunner implements PlaybookRunner {
  /** @param root the project's folder */
  constructor(
    private readonly root: string,
    private readonly sources: Sources = fromCache,
  ) {}

  async prepare(spec: ClusterSpec, access: RunAccess, onEvent: (event: PlaybookEvent) => void, signal: AbortSignal): Promise<void> {
    clearLeftovers([]);
    const making = { tell: (text: string) => onEvent({ event: "line", text }), signal };
    await this.keptOf(spec.name).waitForLeftRunning(making);
    await this.parts(spec.kubespray, access, making);
  }

  async run(step: ClusterStep, context: StepContext, onEvent: (event: PlaybookEvent) => void, signal: AbortSignal): Promise<void> {
    const { name } = context.inventory;
    const { ssh, machines } = context;
    const kept = this.keptOf(name);
    kept.make();
    const { kubespray, python } = await this.parts(step.kubespray, context, { tell: (text) => onEvent({ event: "line", text }), signal });
    const durations = new Durations(kept.folder);
    const progress = new Progress(durations.of(step));
    await withRunFolder({ root: this.root, environment: name, ssh, machines }, async (folder) => {
      const { extraVars, limit, tags } = step;
      const files = inventoryFiles(context, step);
      const config = writeSettings(folder, {
        ...{ kubespray, own: join(PACKAGE, "ansible"), programs: PROGRAMS, facts: kept.facts },
        hosts: Object.keys(context.inventory.nodes).length,
      });
      const show = (text: string): void => onEvent({ event: "line", text });
      const run = () =>
        play(
          {
            name: `${step.playbook}.yml`,
            python,
            programs: PROGRAMS,
            args: [...writeArguments(folder.path, files, { extraVars, limit, tags, ssh }), playbookFile(step, kubespray)],
            cwd: kubespray,
            env: ansibleEnvironment(config),
            folder: folder.path,
            log: kept.newLog(step.id),
            record: kept.record,
            secrets: secretsOf(context),
            finish: cannotBreakOff(step),
          },
          (event) => {
            if (event.event !== "start") onEvent(event);
            const text = progress.take(event);
            if (text !== undefined) show(text);
          },
          signal,
        );
      await progress.during(show, run);
    });
    durations.record(step, progress.duration);
    if (step.playbook === "remove-node") for (const node of step.nodes) rmSync(join(kept.facts, node), { force: true });
  }

  async forget(spec: ClusterSpec): Promise<void> {
    rmSync(this.keptOf(spec.name).facts, { recursive: true, force: true });
  }

  private keptOf(environment: string): Kept {
    makeOwnFolder(this.root);
    return new Kept(join(this.root, ".kpaas", "clusters", environment), LOGS_KEPT);
  }

  private async parts(tag: string, access: RunAccess, making: Making): Promise<{ kubespray: string; python: string }> {
    const source = access.kubespraySource === undefined ? undefined : resolve(this.root, access.kubespraySource);
    const kubespray = await this.sources.kubespray(tag, source, making);
    return { kubespray, python: await this.sources.python(tag, making) };
  }
}

function playbookFile({ playbook, kubespray: tag }: ClusterStep, kubespray: string): string {
  if (playbooks[playbook].of === "ours") return join(PACKAGE, "ansible", "playbooks", `${playbook}.yml`);
  return join(kubespray, releaseOf(tag).playbooks[playbook] ?? `${playbook}.yml`);
}

/** Texts that no log of a run may show. */
export function secretsOf({ secretValues, ssh }: Pick<StepContext, "secretValues" | "ssh">): string[] {
  return [...secretValues, ssh.privateKey, ssh.becomePassword].filter((each): each is string => each !== undefined);
}
