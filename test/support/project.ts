import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { stringify } from "yaml";
import { removeFolder } from "../../host/files";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const ENVIRONMENT = "k";
const WORLD = join(".kpaas/sandbox/world", ENVIRONMENT);

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly output: string;
}

/** A command under way. */
export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  said(): string;
}

/** A folder with one environment, brought up in the sandbox by the compiled command. */
export class Project {
  readonly root: string;

  /**
   * @param fields what the environment's file says beyond its name and its provider
   * @param disk where the folder is
   */
  constructor(fields: Record<string, unknown> = {}, disk = tmpdir()) {
    this.root = mkdtempSync(join(disk, "kpaas-kill-"));
    mkdirSync(join(this.root, "environments"));
    this.write(fields);
  }

  write(fields: Record<string, unknown>): void {
    const file = { name: ENVIRONMENT, infrastructure: { provider: "openstack" }, ...fields };
    writeFileSync(join(this.root, "environments", `${ENVIRONMENT}.yaml`), stringify(file));
  }

  /** Another project in the same state. */
  copy(): Project {
    const copy = new Project();
    cpSync(this.root, copy.root, { recursive: true });
    return copy;
  }

  remove(): void {
    removeFolder(this.root);
  }

  start(command: "up" | "destroy", ...rest: readonly string[]): Started {
    const args = [MAIN, command, ENVIRONMENT, "--sandbox", "--yes", ...rest];
    const child = spawn(process.execPath, args, { cwd: this.root, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, output] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.on("data", (text) => (output += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, output }));
    });
    return { pid: child.pid ?? 0, ended, said: () => output };
  }

  run(command: "up" | "destroy", ...rest: readonly string[]): Promise<Ended> {
    return this.start(command, ...rest).ended;
  }

  /** Switches faults on, or all of them off. */
  fault(faults: Record<string, unknown> | undefined): void {
    const path = join(this.root, WORLD, "faults.json");
    mkdirSync(dirname(path), { recursive: true });
    if (faults !== undefined) writeFileSync(path, JSON.stringify(faults));
    else for (const name of ["faults.json", "faults-state"]) rmSync(join(this.root, WORLD, name), { recursive: true, force: true });
  }

  /** The files of the simulated world. */
  world(folder = ""): string[] {
    return filesIn(join(this.root, WORLD, folder));
  }

  /** The engine's locks. */
  locks(): string[] {
    return filesIn(join(this.root, ".kpaas/sandbox/backend/.pulumi/locks")).filter((file) => file.endsWith(".json"));
  }

  /** The names of the stacks. */
  stacks(): string[] {
    return this.states().map((file) => basename(file, ".json"));
  }

  /** Every object of the simulated cloud and cluster by kind and name, without what differs from one run to the next. */
  objects(): string[] {
    return this.world()
      .map((file) => {
        const path = relative(join(this.root, WORLD), file);
        if (!path.startsWith("openstack")) return path.replace(/[0-9a-f]{8,10}\.json$/, "HASH.json");
        const { name, direction, protocol, portRangeMin, portRangeMax, ethertype, remoteIpPrefix, description } = readJson(file);
        const what =
          direction === undefined ? [name] : [direction, protocol, portRangeMin, portRangeMax, ethertype, remoteIpPrefix, description];
        return `${dirname(path)} ${what.join(" ").replace(/[0-9a-f]{8}$/, "KEY")}`;
      })
      .sort();
  }

  /** The ids of the simulated cloud's objects, without those the cloud made of its own accord. */
  idsInWorld(): string[] {
    const files = this.world("openstack").map((file) => ({ kind: basename(dirname(file)), object: readJson(file) }));
    const boot = files.flatMap(({ object }) => (Array.isArray(object.bootVolumes) ? object.bootVolumes : []));
    return files
      .filter(({ kind, object }) => !(kind === "port" && String(object.deviceOwner).startsWith("network:")) && !boot.includes(object.id))
      .map(({ kind, object }) => `${kind} ${String(object.id)}`)
      .sort();
  }

  /** The ids of the cloud's objects that the states of all stacks know. */
  idsInStates(): string[] {
    const resources = this.states().flatMap((file) => {
      const { latest } = readJson(file).checkpoint as { latest: { resources?: readonly { type: string; id?: string }[] } };
      return latest.resources ?? [];
    });
    return resources
      .filter(({ type }) => type.startsWith("openstack:"))
      .map(({ type, id }) => `${type.split(/[/:]/)[2]} ${String(id)}`)
      .sort();
  }

  private states(): string[] {
    return filesIn(join(this.root, ".kpaas/sandbox/backend/.pulumi/stacks/kpaas")).filter((file) => file.endsWith(".json"));
  }
}

/** The files of a folder and those below it; none where there is no such folder. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return filesIn(folder); // changed while it was read
  }
}

/** The object in a JSON file. */
export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8"));
}
