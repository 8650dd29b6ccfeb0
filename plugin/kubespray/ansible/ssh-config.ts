import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { makeFolder, namesIn, PRIVATE, PRIVATE_FOLDER, writeWhole } from "../../../host/files";
import { makeOwnFolder } from "../../../host/own-folder";
import { memoryFolder, withTemporaryFolder } from "../../../host/temporary";
import { knownHostsFile } from "../../../reach/known-hosts";
import { type SshHost, sshConfig } from "../../../reach/ssh-config";
import type { NodeMachine, SshInputs } from "../inputs";

/** The machines of a cluster and how to log in to them. */
export interface SshTarget {
  /** The project's folder, where the known host keys are kept. */
  readonly root: string;
  /** The environment's name. */
  readonly environment: string;
  readonly ssh: SshInputs;
  /** By node name. */
  readonly machines: Readonly<Record<string, NodeMachine>>;
}

/** The files of a run, in a folder of this user's that is kept in memory. */
export interface RunFolder {
  readonly path: string;
  /** What `ssh -F` takes: each node by its name, the bastion by its own. */
  readonly sshConfig: string;
}

/** The name of the bastion in the configuration, and what its host key is recorded under. */
export function bastionName({ bastion }: SshInputs): string | undefined {
  return bastion && (bastion.name ?? "bastion");
}

/**
 * Makes a folder for a run, with OpenSSH's configuration for its machines: `ssh -F CONFIG NODE COMMAND` connects through the bastion where
 * there is one, checks host keys, and shares one connection to each machine. The folder is gone, and with it the key and the connections,
 * when `work` has ended; what a kill leaves, the next command clears.
 */
export async function withRunFolder<T>(target: SshTarget, work: (folder: RunFolder) => Promise<T>): Promise<T> {
  makeOwnFolder(target.root);
  return await withTemporaryFolder(
    "run",
    async (path) => {
      const folder = { path, sshConfig: writeSshConfig(path, target) };
      try {
        return await work(folder);
      } finally {
        await closeConnections(path);
      }
    },
    memoryFolder(),
  );
}

function writeSshConfig(folder: string, { root, environment, ssh, machines }: SshTarget): string {
  const hosts = knownHostsFile(root, environment);
  makeFolder(dirname(hosts), PRIVATE_FOLDER);
  makeFolder(socketsIn(folder), PRIVATE_FOLDER);
  const keyFile = ssh.privateKey === undefined ? undefined : join(folder, "key");
  if (keyFile !== undefined) writePrivate(keyFile, `${ssh.privateKey?.trimEnd()}\n`);
  const config = join(folder, "ssh-config");
  const text = sshConfig(hostsOf(folder, ssh, machines), {
    user: ssh.user,
    knownHostsFile: hosts,
    batch: true,
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(ssh.agent === undefined ? {} : { agent: ssh.agent }),
  });
  writePrivate(config, text);
  return config;
}

function hostsOf(folder: string, ssh: SshInputs, machines: SshTarget["machines"]): SshHost[] {
  const jump = bastionName(ssh);
  // A socket's path may hold some hundred bytes only, so that names would not do.
  const controlPath = (index: number): string => join(socketsIn(folder), String(index));
  const nodes = Object.entries(machines).map(([name, machine], index): SshHost => {
    const isBastion = name === jump;
    return {
      name,
      alias: name,
      address: isBastion && ssh.bastion ? ssh.bastion.address : machine.dialAddress,
      controlPath: controlPath(index + 1),
      ...(machine.sshUser === undefined ? {} : { user: machine.sshUser }),
      ...(machine.sshPort === undefined ? {} : { port: machine.sshPort }),
      ...(jump === undefined || isBastion ? {} : { jump }),
    };
  });
  if (ssh.bastion === undefined || jump === undefined || machines[jump] !== undefined) return nodes;
  const { address, user, port } = ssh.bastion;
  return [{ name: jump, alias: jump, address, user, controlPath: controlPath(0), ...(port === undefined ? {} : { port }) }, ...nodes];
}

function socketsIn(folder: string): string {
  return join(folder, "s");
}

/** Writes a file that holds secrets, or leads to them. What is in memory need not outlast a loss of power. */
export function writePrivate(path: string, content: string): void {
  writeWhole(path, content, { mode: PRIVATE, durable: false });
}

/** Ends the shared connections: else they would stay open for a while. */
async function closeConnections(folder: string): Promise<void> {
  const sockets = socketsIn(folder);
  const close = (name: string) => promisify(execFile)("ssh", ["-F", "/dev/null", "-S", join(sockets, name), "-O", "exit", "none"]);
  // One that has ended by itself cannot be asked to.
  await Promise.allSettled(namesIn(sockets).map(close));
}
