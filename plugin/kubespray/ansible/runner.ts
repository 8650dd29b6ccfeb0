import { rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { makeFolder, namesIn, PRIVATE_FOLDER, parseFile, readIfThere } from "../../../host/files";
import { makeOwnFolder } from "../../../host/own-folder";
import { wroteAndRuns } from "../../../host/processes";
import { clearLeftovers } from "../../../host/temporary";
import { playbooks } from "../../../model/cluster/playbooks";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import type { PlaybookEvent, PlaybookRunner, RunAccess, StepContext } from "../runner";
import type { Making } from "./cached";
import { inventoryFiles, writeInventory } from "./inventory";
import { play } from "./playbook";
import { Durations, Progress } from "./progress";
import { pythonEnvironment, requirementsOf } from "./python";
import { ansibleEnvironment, ansibleSettings } from "./settings";
import { kubespraySource, releaseOf } from "./source";
import { type RunFolder, withRunFolder, writePrivate } from "./ssh-config";
import { cannotBreakOff } from "./unbreakable";

/** The installed package: four above dist/plugin/kubespray/ansible. */
const PACKAGE = resolve(__dirname, "..", "..", "..", "..");

/** Our programs in Python, which are no part of what is compiled. */
export const PROGRAMS = join(PACKAGE, "plugin", "kubespray", "ansible", "python");

/** How many logs of a cluster are kept. */
const LOGS_KEPT = 200;

/** How often it is looked whether what an earlier command left running has ended, in milliseconds. */
const LEFT_RUNNING_CHECK = 1_000;

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
    await this.waitForLeftRunning(spec.name, making);
    await this.parts(spec.kubespray, access, making);
  }

  async run(step: ClusterStep, context: StepContext, onEvent: (event: PlaybookEvent) => void, signal: AbortSignal): Promise<void> {
    const { name } = context.inventory;
    const { ssh, machines } = context;
    const kept = this.keptOf(name);
    for (const folder of ["logs", "facts"]) makeFolder(join(kept, folder), PRIVATE_FOLDER);
    const { kubespray, python } = await this.parts(step.kubespray, context, { tell: (text) => onEvent({ event: "line", text }), signal });
    const durations = new Durations(kept);
    const progress = new Progress(durations.of(step.playbook));
    await withRunFolder({ root: this.root, environment: name, ssh, machines }, async (folder) => {
      const config = this.writeSettings(folder, kubespray, kept, Object.keys(context.inventory.nodes).length);
      await play(
        {
          name: `${step.playbook}.yml`,
          python,
          programs: PROGRAMS,
          args: [...playbookArguments(folder.path, step, context), playbookFile(step, kubespray)],
          cwd: kubespray,
          env: ansibleEnvironment(config),
          folder: folder.path,
          log: this.newLog(kept, step),
          record: join(kept, "running.json"),
          secrets: secretsOf(context),
          finish: cannotBreakOff(step.playbook),
        },
        (event) => {
          if (event.event !== "start") onEvent(event);
          const text = progress.take(event);
          if (text !== undefined) onEvent({ event: "line", text });
        },
        signal,
      );
    });
    durations.record(step.playbook, progress.duration);
    if (step.playbook === "remove-node") for (const node of step.nodes) rmSync(join(kept, "facts", node), { force: true });
  }

  async forget(spec: ClusterSpec): Promise<void> {
    rmSync(join(this.keptOf(spec.name), "facts"), { recursive: true, force: true });
  }

  private keptOf(environment: string): string {
    makeOwnFolder(this.root);
    return join(this.root, ".kpaas", "clusters", environment);
  }

  private async parts(tag: string, access: RunAccess, making: Making): Promise<{ kubespray: string; python: string }> {
    const source = access.kubespraySource === undefined ? undefined : resolve(this.root, access.kubespraySource);
    const kubespray = await this.sources.kubespray(tag, source, making);
    return { kubespray, python: await this.sources.python(tag, making) };
  }

  private writeSettings({ path, sshConfig }: RunFolder, kubespray: string, kept: string, hosts: number): string {
    const config = join(path, "ansible.cfg");
    const own = join(PACKAGE, "ansible");
    writePrivate(
      config,
      ansibleSettings({ folder: path, sshConfig, kubespray, own, programs: PROGRAMS, facts: join(kept, "facts"), hosts }),
    );
    return config;
  }

  /** A log for each run; its name tells when and what. */
  private newLog(kept: string, { id }: ClusterStep): string {
    const folder = join(kept, "logs");
    for (const old of namesIn(folder).slice(0, -(LOGS_KEPT - 1))) rmSync(join(folder, old), { force: true });
    return join(folder, `${new Date().toISOString().replace(/:/g, "-").slice(0, 19)}Z-${id}.log`);
  }

  /** Waits for a playbook that an earlier command was killed over: it ends by itself, or is brought to its end. */
  private async waitForLeftRunning(environment: string, { tell, signal }: Making): Promise<void> {
    const file = join(this.keptOf(environment), "running.json");
    for (let told = false; ; told = true) {
      const content = readIfThere(file);
      if (content === undefined) return;
      const { pid, host, step } = parseFile(file, content, "remove it") as { pid: number; host: string; step: string };
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (host !== hostname() || written === undefined || !wroteAndRuns(pid, written)) break;
      if (!told) tell(`waiting for ${step}, which an earlier command left running (process ${pid})`);
      await wait(LEFT_RUNNING_CHECK, undefined, signal ? { signal } : {});
    }
    rmSync(file, { force: true });
  }
}

function playbookFile({ playbook, kubespray: tag }: ClusterStep, kubespray: string): string {
  if (playbooks[playbook].of === "ours") return join(PACKAGE, "ansible", "playbooks", `${playbook}.yml`);
  return join(kubespray, releaseOf(tag).playbooks[playbook] ?? `${playbook}.yml`);
}

function playbookArguments(folder: string, step: ClusterStep, context: StepContext): string[] {
  const { limit, tags, extraVars } = step;
  const { becomePassword } = context.ssh;
  const inventory = writeInventory(folder, inventoryFiles(context, step));
  const extra = join(folder, "extra.json");
  if (Object.keys(extraVars).length > 0) writePrivate(extra, JSON.stringify(extraVars));
  const become = join(folder, "become");
  if (becomePassword !== undefined) writePrivate(become, `${becomePassword}\n`);
  return [
    ...["--inventory", inventory],
    ...(limit.length > 0 ? ["--limit", limit.join(",")] : []),
    ...(tags.length > 0 ? ["--tags", tags.join(",")] : []),
    ...(Object.keys(extraVars).length > 0 ? ["--extra-vars", `@${extra}`] : []),
    ...(becomePassword !== undefined ? ["--become-password-file", become] : []),
  ];
}

function secretsOf({ secretValues, ssh }: StepContext): string[] {
  return [...secretValues, ssh.privateKey, ssh.becomePassword].filter((each): each is string => each !== undefined);
}
