/** A machine as `ssh` is to find it. */
export interface SshHost {
  /** What it is called on `ssh`'s command line. */
  readonly name: string;
  readonly address: string;
  /** What its host key is recorded under: the machine's own name, because addresses are given again. */
  readonly alias: string;
  /** @default the configuration's */
  readonly user?: string;
  /** @default 22 */
  readonly port?: number;
  /** The name of the host it is reached through. */
  readonly jump?: string;
  /** The socket that connections to it share. @default none is shared */
  readonly controlPath?: string;
}

/** How to log in to all of them. */
export interface SshLogin {
  readonly user: string;
  /** File of the private key. @default the keys of the agent */
  readonly keyFile?: string;
  /** Whether the agent of SSH_AUTH_SOCK is asked too. @default false where there is a key file */
  readonly agent?: boolean;
  readonly knownHostsFile: string;
  /** Whether nobody is there to be asked. @default false */
  readonly batch?: boolean;
}

/** How long a shared connection waits for its next use, in seconds. */
const SHARED_FOR = 600;

/**
 * An `ssh_config` in which every machine has its name. Host keys are recorded at first contact; a changed one is refused. Nothing of the
 * user's or the system's own configuration counts beside it: it is given by `ssh -F`.
 */
export function sshConfig(hosts: readonly SshHost[], { user, keyFile, agent, knownHostsFile, batch }: SshLogin): string {
  const shares = hosts.some(({ controlPath }) => controlPath !== undefined);
  return [
    ...hosts.flatMap((host) => [
      `Host ${host.name}`,
      `  HostName ${host.address}`,
      `  HostKeyAlias ${host.alias}`,
      ...(host.jump === undefined ? [] : [`  ProxyJump ${host.jump}`]),
      ...(host.user === undefined ? [] : [`  User ${host.user}`]),
      ...(host.port === undefined ? [] : [`  Port ${host.port}`]),
      ...(host.controlPath === undefined ? [] : [`  ControlPath ${quoted(host.controlPath)}`]),
    ]),
    "Host *",
    `  User ${user}`,
    ...(keyFile === undefined ? [] : [`  IdentityFile ${quoted(keyFile)}`]),
    ...(keyFile === undefined || agent === true ? [] : ["  IdentitiesOnly yes"]),
    `  UserKnownHostsFile ${quoted(knownHostsFile)}`,
    "  GlobalKnownHostsFile /dev/null",
    "  HashKnownHosts no",
    "  UpdateHostKeys no",
    "  CheckHostIP no",
    "  StrictHostKeyChecking accept-new",
    "  ConnectTimeout 15",
    "  ServerAliveInterval 15",
    ...(batch === true ? ["  BatchMode yes", "  LogLevel ERROR"] : []),
    ...(shares ? ["  ControlMaster auto", `  ControlPersist ${SHARED_FOR}`] : []),
    "",
  ].join("\n");
}

/** A path as one word of the file; `%` begins a token there. */
function quoted(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}
