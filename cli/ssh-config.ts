import type { Login } from "../reach/login";

/** What an `ssh_config` is written from. */
export interface SshConfig {
  readonly login: Omit<Login, "privateKey">;
  /** File of the private key. */
  readonly keyFile: string;
  readonly knownHostsFile: string;
}

/**
 * An `ssh_config` in which every machine has its key as host name, and all but the bastion are reached through it. Host keys are recorded
 * under the machines' own names, because addresses are given again; a changed one is refused.
 */
export function sshConfig({ login, keyFile, knownHostsFile }: SshConfig): string {
  const bastion = Object.entries(login.machines).find(([, machine]) => machine.roles.includes("bastion"))?.[0];
  const hosts = Object.entries(login.machines).flatMap(([key, machine]) => [
    `Host ${key}`,
    `  HostName ${(key === bastion ? login.bastion : undefined) ?? machine.address}`,
    `  HostKeyAlias ${machine.name}`,
    ...(bastion === undefined || login.bastion === undefined || key === bastion ? [] : [`  ProxyJump ${bastion}`]),
  ]);
  return [
    ...hosts,
    "Host *",
    `  User ${login.user}`,
    `  IdentityFile ${quoted(keyFile)}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${quoted(knownHostsFile)}`,
    "  GlobalKnownHostsFile /dev/null",
    "  HashKnownHosts no",
    "  UpdateHostKeys no",
    "  CheckHostIP no",
    "  StrictHostKeyChecking accept-new",
    "  ConnectTimeout 15",
    "  ServerAliveInterval 15",
    "",
  ].join("\n");
}

/** A path as one word of the file; `%` begins a token there. */
function quoted(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}
