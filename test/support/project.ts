import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { stringify } from "yaml";
import { isUnfinished, removeFolder } from "../../host/files";
import { packageOf } from "./cloud-files";
import { type Ended, type StartedCommand, startCommand } from "./started-command";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const ENVIRONMENT = "k";
const WORLD = join(".kpaas/sandbox/world", ENVIRONMENT);
/** What a service gives what is made in it, once a run. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** What is run of an environment. */
type Command = "up" | "rotate" | "destroy";

/** A folder with one environment, brought up in the sandbox by the compiled command. */
export class Project {
  readonly root: string;
  /** The package of the provider of its cloud; empty where it makes no machines. */
  package = "";

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
    this.package = packageOf(String((file.infrastructure as { readonly provider: unknown }).provider));
    writeFileSync(join(this.root, "environments", `${ENVIRONMENT}.yaml`), stringify(file));
  }

  /** Another project in the same state. */
  copy(): Project {
    const copy = new Project();
    copy.package = this.package;
    cpSync(this.root, copy.root, { recursive: true });
    return copy;
  }

  remove(): void {
    removeFolder(this.root);
  }

  start(command: Command, ...rest: readonly string[]): StartedCommand {
    return startCommand(process.execPath, [MAIN, command, ENVIRONMENT, "--sandbox", "--yes", ...rest], { cwd: this.root });
  }

  run(command: Command, ...rest: readonly string[]): Promise<Ended> {
    return this.start(command, ...rest).ended;
  }

  /** The lock file's text. */
  lock(): string {
    return readFileSync(join(this.root, "environments", `${ENVIRONMENT}.lock.yaml`), "utf8");
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
    return this.whole(this.world())
      .map((file) => {
        const path = relative(join(this.root, WORLD), file);
        if (!path.startsWith(`${this.package}/`)) return path.replace(UUID, "ID").replace(/[0-9a-f]{8,10}\.json$/, "HASH.json");
        const { name, tags, direction, protocol, portRangeMin, portRangeMax, ethertype, remoteIpPrefix, description } = readJson(file);
        const { Name: tag } = { Name: undefined, ...(tags as object | undefined) };
        const what = [name, tag, direction, protocol, portRangeMin, portRangeMax, ethertype, remoteIpPrefix, description];
        return [
          dirname(path),
          ...what.filter((each) => each !== undefined).map((each) => String(each).replace(/[0-9a-f]{7,8}$/, "KEY")),
        ].join(" ");
      })
      .sort();
  }

  /** The ids of the simulated cloud's objects, without those the cloud made of its own accord. */
  idsInWorld(): string[] {
    return sorted(this.asked().map(({ id }) => String(id)));
  }

  /** Deletes the objects of a kind that no state knows, as a person would at the cloud's console. */
  removeStrays(kind: string): void {
    const known = this.idsInStates();
    for (const object of this.asked()) if (object.kind === kind && !known.includes(String(object.id))) rmSync(object.file);
  }

  /** The cloud's objects that somebody asked for. */
  private asked(): readonly CloudObject[] {
    return this.package === "" ? [] : askedIn(this.package, this.whole(this.world(this.package)));
  }

  /** Without what a killed process was about to write. */
  private whole(files: readonly string[]): string[] {
    return files.filter((file) => !isUnfinished(basename(file)));
  }

  /** The ids of the cloud's objects that the states of all stacks know. */
  idsInStates(): string[] {
    return idsInStates(this.package, this.states());
  }

  private states(): string[] {
    return filesIn(join(this.root, ".kpaas/sandbox/backend/.pulumi/stacks/kpaas")).filter((file) => file.endsWith(".json"));
  }
}

/** The objects that somebody asked for among those in these files of a simulated cloud. */
export function askedIn(provider: string, files: readonly string[]): readonly CloudObject[] {
  const objects = files.map((file): CloudObject => ({ ...readJson(file), kind: basename(dirname(file)), file }));
  const own = ITS_OWN[provider]?.(objects) ?? [];
  return objects.filter((object) => !own.includes(object));
}

/** The ids of a cloud's objects that the states in these files know. */
export function idsInStates(provider: string, files: readonly string[]): string[] {
  const resources = files.flatMap((file) => {
    const { latest } = readJson(file).checkpoint as { latest: { resources?: readonly { type: string; id?: string }[] } };
    return latest.resources ?? [];
  });
  return sorted(resources.filter(({ type }) => type.startsWith(`${provider}:`)).map(({ id }) => String(id)));
}

/** By package, those of a cloud's objects that nobody asked for. */
const ITS_OWN: Readonly<Record<string, (objects: readonly CloudObject[]) => readonly CloudObject[]>> = {
  openstack: (objects) => {
    const boot = objects.flatMap(({ bootVolumes }) => (Array.isArray(bootVolumes) ? bootVolumes : []));
    return objects.filter(
      ({ kind, id, deviceOwner }) => (kind === "port" && String(deviceOwner).startsWith("network:")) || boot.includes(id),
    );
  },
  aws: (objects) => objects.filter(({ kind, main }) => kind === "routeTable" && main === true),
};

export type CloudObject = Readonly<Record<string, unknown>> & { readonly kind: string; readonly file: string };

/** Each once, and in order. */
function sorted(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
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
