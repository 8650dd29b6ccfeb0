import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { prepareSandbox, sandboxFolders } from "../../engine/sandbox";
import { writeWorld } from "../../engine/world";
import { removeFolder } from "../../host/files";
import { plannedFile } from "./environment";
import { BARE } from "./layers";
import { type StartedCommand, startCommand } from "./started-command";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");

export const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "canary-passphrase" };

/**
 * A project of a user's own, whose stacks are in a backend of their choice, and whose Pulumi.yaml names the sandbox's providers: what is done
 * to its environment `k` is done as outside the sandbox, and to a simulated cloud.
 */
export class RemoteProject {
  readonly root = mkdtempSync(join(tmpdir(), "kpaas-state-"));
  private readonly file: object;

  /**
   * @param variables what is set beside PATH and HOME: the backend, credentials, the passphrase
   * @param platform of the environment; nothing is asked for where it is left out
   */
  constructor(
    readonly variables: Record<string, string>,
    layers: "one" | "three" = "one",
    platform: object = BARE,
  ) {
    mkdirSync(join(this.root, "environments"));
    this.file = { name: "k", infrastructure: { provider: "openstack" }, layers, platform };
    this.change({});
    const { project, world } = prepareSandbox(this.root, "k");
    writeWorld(world, plannedFile(this.file).plan);
    const providers = readdirSync(join(project, "plugins")).map((name) => ({ name, path: join(project, "plugins", name) }));
    const own = { name: "kpaas", runtime: "nodejs", stackConfigDir: "environments", plugins: { providers } };
    writeFileSync(join(this.root, "Pulumi.yaml"), stringify(own));
  }

  /** Another runner's checkout of the same environment: it shares the backend and the cloud, and nothing beside. */
  checkout(): RemoteProject {
    const other: RemoteProject = Object.create(RemoteProject.prototype);
    Object.assign(other, { root: mkdtempSync(join(tmpdir(), "kpaas-state-")), variables: this.variables, file: this.file });
    for (const name of ["environments", "Pulumi.yaml"]) cpSync(join(this.root, name), join(other.root, name), { recursive: true });
    return other;
  }

  start(...args: readonly string[]): StartedCommand {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, PULUMI_HOME: join(this.root, "home"), ...this.variables };
    return startCommand(process.execPath, [MAIN, ...args], { cwd: this.root, env });
  }

  /** Runs a command that has to end well. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.start(...args).ended;
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  /** Sets fields of its environment's file; the others are as they were made. */
  change(fields: object): void {
    writeFileSync(join(this.root, "environments", "k.yaml"), stringify({ ...this.file, ...fields }));
  }

  /** Sets what happens to calls of its cloud. */
  fault(faults: object): void {
    writeFileSync(join(sandboxFolders(this.root, "k").world, "faults.json"), JSON.stringify(faults));
  }

  config(layer: string): string {
    return readFileSync(join(this.root, "environments", `Pulumi.k.${layer}.yaml`), "utf8");
  }

  remove(): void {
    removeFolder(this.root);
  }
}
