import { spawn } from "node:child_process";
import { closeSync, existsSync, readFileSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../engine/run";
import { makeFolder, namesIn, openLog, readIfThere, writeWhole } from "../../host/files";
import { isAlive, type Owner, processStart, thisProcess } from "../../host/processes";
import { keyFile, nodesCache, OPTIONAL_PARTS, scriptPlace, sources } from "./parts";
import { cutPower, removeGroups } from "./power";

/** The bridge that nodes are on; they take addresses of 10.20.0.0/16. */
export const GATEWAY = "10.20.0.1";
const PREFIX = 16;
/** Where nodes find images and files. */
export const REGISTRY = `${GATEWAY}:5000`;
export const FILES = `${GATEWAY}:8080`;

/** How long a node may take to boot, and to shut down. A busy machine needs half a minute. */
const BOOT_MS = 180_000;
const SHUTDOWN_MS = 90_000;

/**
 * Machines with a systemd, an sshd and a disk each, which are containers of this one (systemd-nspawn), in a network without a way out; and a
 * registry and a file server with all that a cluster pulls. What runs is recorded in a folder: another process can go on with it, and what a
 * killed one left is cleared by the next.
 */
export class RealNodes {
  /** The network namespace. */
  readonly namespace: string;
  /** What there is of them: disks, records, logs. Others may keep there what is to go with them. */
  readonly folder: string;

  /** @param name tells networks of nodes apart that are up at the same time */
  constructor(name: string) {
    this.namespace = `kpaas-${name}`;
    this.folder = join(nodesCache(), "run", name);
  }

  /** A network of this process's own: what an earlier process of that name left, and every dead process, is cleared first. */
  static async own(name: string): Promise<RealNodes> {
    for (const each of namesIn(join(nodesCache(), "run"))) {
      const owner = readIfThere(join(nodesCache(), "run", each, "owner.json"));
      if (owner !== undefined && !isAlive(JSON.parse(owner))) await new RealNodes(each).down();
    }
    const nodes = new RealNodes(`${name}-${process.pid}`);
    writeWhole(join(nodes.folder, "owner.json"), JSON.stringify(thisProcess()));
    await nodes.up();
    return nodes;
  }

  /** Brings the network up, its registry and its file server. */
  async up(): Promise<void> {
    makeFolder(this.folder);
    if (!existsSync(`/run/netns/${this.namespace}`)) await run("ip", ["netns", "add", this.namespace]);
    const bridge = "ip link show br0 > /dev/null 2>&1 || ip link add br0 type bridge";
    const address = `ip addr replace ${GATEWAY}/${PREFIX} dev br0; ip link set br0 up; sysctl -qw net.ipv4.ip_forward=1`;
    await this.run("sh", ["-ec", `ip link set lo up; ${bridge}; ${address}`]);
    const registry = join(this.folder, "registry.yml");
    for (const what of ["images", "files"] as const) await this.serve(what);
    const storage = `{ filesystem: { rootdirectory: "${this.served("images")}" }, delete: { enabled: true } }`;
    writeWhole(registry, `version: 0.1\nstorage: ${storage}\nhttp: { addr: "${REGISTRY}" }\nlog: { level: warn }\n`);
    this.start("registry", join(scriptPlace("debian"), "docker-registry/usr/bin/docker-registry"), ["serve", registry]);
    const [host = "", port = ""] = FILES.split(":");
    this.start("files", "python3", ["-m", "http.server", "--bind", host, "--directory", this.served("files"), port]);
    for (const url of [`http://${REGISTRY}/v2/`, `http://${FILES}/`]) {
      await this.run("curl", ["-sf", "-o", "/dev/null", "--retry", "40", "--retry-delay", "1", "--retry-connrefused", url]);
    }
  }

  /** Images and files as these nodes find them: links to what the cache has, what is made on demand included. */
  private served(what: "images" | "files"): string {
    return join(this.folder, what);
  }

  private async serve(what: "images" | "files"): Promise<void> {
    const into = this.served(what);
    if (existsSync(into)) return;
    const from = [scriptPlace(what), ...OPTIONAL_PARTS.map((part) => join(scriptPlace(part), what))].filter((folder) => existsSync(folder));
    await rm(`${into}.part`, { recursive: true, force: true });
    for (const folder of from) await run("cp", ["-rlnT", folder, `${into}.part`]);
    await rename(`${into}.part`, into);
  }

  /**
   * What the machines' NFS server shares, by the paths that it has them at: folders of this machine. The server is {@link GATEWAY}; where the kernel
   * has no NFS its protocol is left out (root/usr/local/sbin/mount.nfs-double).
   */
  get shares(): string {
    return join(this.folder, "shares");
  }

  /** Boots nodes, by name and address: new ones with new disks, others with the disks they have. Back when all answer. */
  async boot(nodes: Readonly<Record<string, string>>): Promise<void> {
    await Promise.all(Object.entries(nodes).map(([name, address]) => this.bootOne(name, address)));
  }

  private async bootOne(name: string, address: string): Promise<void> {
    const folder = this.folderOf(name);
    if (this.isUp(name)) throw new Error(`${name} is up`);
    await this.powerOff(name); // it may have died by itself
    writeWhole(join(folder, "address"), address);
    makeFolder(this.shares);
    if (!existsSync(join(folder, "root"))) {
      await rm(join(folder, "root.part"), { recursive: true, force: true });
      const env = { ...process.env, BASE: scriptPlace("base"), SOURCES: sources };
      const network = [`${address}/${PREFIX}`, GATEWAY];
      await run("bash", [join(sources, "disk.sh"), join(folder, "root"), name, ...network, `${keyFile()}.pub`], { env });
    }
    this.startProcess(join(folder, "process.json"), join(folder, "console.log"), "bash", [
      join(sources, "boot.sh"),
      folder,
      name,
      this.namespace,
      this.shares,
    ]);
    const until = Date.now() + BOOT_MS;
    for (;;) {
      const answer = await this.ssh(name, "true").catch((error: Error) => error);
      if (typeof answer === "string") return;
      if (!this.isUp(name)) throw new Error(`${name} ended: ${readFileSync(join(folder, "console.log"), "utf8").slice(-2_000)}`);
      if (Date.now() > until) throw new Error(`${name} does not answer: ${answer.message}`);
      await pause(300);
    }
  }

  /** Cuts a node's power: silent from one moment to the next. Its disk stays. */
  async powerOff(name: string): Promise<void> {
    const record = join(this.folderOf(name), "cgroups");
    const groups = readIfThere(record)?.split("\n").filter(Boolean) ?? [];
    await cutPower(groups);
    removeGroups(groups);
    rmSync(record, { force: true });
    rmSync(join(this.folderOf(name), "process.json"), { force: true });
  }

  /** Shuts a node down in order. Its disk stays. */
  async shutDown(name: string): Promise<void> {
    await end(join(this.folderOf(name), "process.json"), SHUTDOWN_MS);
    await this.powerOff(name);
  }

  /** Cuts a node's power and takes its disk: the next boot is of a new machine. */
  async destroy(name: string): Promise<void> {
    await this.powerOff(name);
    await rm(this.folderOf(name), { recursive: true, force: true });
  }

  /** Ends everything and removes it; the cache stays. */
  async down(): Promise<void> {
    for (const name of this.names()) await this.destroy(name);
    for (const service of ["registry", "files"]) await end(join(this.folder, `${service}.json`), 5_000);
    if (existsSync(`/run/netns/${this.namespace}`)) await run("ip", ["netns", "del", this.namespace]);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Every node with a disk. */
  names(): string[] {
    return namesIn(join(this.folder, "nodes"));
  }

  isUp(name: string): boolean {
    const owner = readIfThere(join(this.folderOf(name), "process.json"));
    return owner !== undefined && isAlive(JSON.parse(owner));
  }

  addressOf(name: string): string {
    return readFileSync(join(this.folderOf(name), "address"), "utf8");
  }

  /** A node's own file system, as this machine sees it. */
  rootOf(name: string): string {
    return join(this.folderOf(name), "root");
  }

  /** Runs a command as root on a node and returns what it prints. */
  async ssh(name: string, command: string): Promise<string> {
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=3"];
    const args = ["-i", keyFile(), ...options.flatMap((option) => ["-o", option]), `root@${this.addressOf(name)}`, command];
    return await this.run("ssh", args);
  }

  /** Runs a program in the nodes' network. */
  async run(command: string, args: readonly string[], options: Parameters<typeof run>[2] = {}): Promise<string> {
    return await run("nsenter", this.inside(command, args), options);
  }

  /** The arguments of `nsenter` that run a program in the nodes' network. */
  inside(command: string, args: readonly string[]): string[] {
    return [`--net=/run/netns/${this.namespace}`, command, ...args];
  }

  private folderOf(name: string): string {
    if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(name)) throw new Error(`a node cannot be called ${JSON.stringify(name)}`);
    return join(this.folder, "nodes", name);
  }

  private start(service: string, command: string, args: readonly string[]): void {
    const record = join(this.folder, `${service}.json`);
    const owner = readIfThere(record);
    if (owner !== undefined && isAlive(JSON.parse(owner))) return;
    this.startProcess(record, join(this.folder, `${service}.log`), "nsenter", this.inside(command, args));
  }

  /** Starts a process that outlives this one, and records it. */
  private startProcess(record: string, log: string, command: string, args: readonly string[]): void {
    const output = openLog(log, true);
    const child = spawn(command, args, { detached: true, stdio: ["ignore", output, output] });
    closeSync(output);
    child.unref();
    if (child.pid === undefined) throw new Error(`${command} cannot be started`);
    const owner: Owner = { ...thisProcess(), pid: child.pid, startedAt: processStart(child.pid) ?? 0 };
    writeWhole(record, JSON.stringify(owner));
  }
}

/** Ends a recorded process, in order if it lets itself be ended so within `limit` milliseconds. */
async function end(record: string, limit: number): Promise<void> {
  const text = readIfThere(record);
  const owner: Owner | undefined = text === undefined ? undefined : JSON.parse(text);
  if (owner !== undefined && isAlive(owner)) {
    process.kill(owner.pid, "SIGTERM");
    const until = Date.now() + limit;
    while (isAlive(owner) && Date.now() < until) await pause(100);
    if (isAlive(owner)) process.kill(owner.pid, "SIGKILL");
  }
  rmSync(record, { force: true });
}
