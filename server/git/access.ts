/** By what files the repository is logged in to, and who is trusted there. Each is read by git whenever it asks. */
export interface RepositoryAccess {
  /** For `https`: the lines `username=…` and `password=…`, as git's helpers answer. */
  readonly login?: string;
  /** For SSH: a private key that takes no passphrase. */
  readonly key?: string;
  /** For SSH: the host keys that are trusted, as `known_hosts` has them. No other is. */
  readonly hosts?: string;
  /** For `https`: the certificates of the authorities that are trusted, in place of the public ones. PEM. */
  readonly ca?: string;
}

/** The settings of git that say so, by name, undefined where nothing is said; none holds a secret. */
export function accessSettings({ login, key, hosts, ca }: RepositoryAccess): Record<string, string | undefined> {
  const ssh = (name: string, value: string) => `-o ${name}=${quoted(value)}`;
  return {
    // What git asks it stands behind the colon, which does nothing with it.
    "credential.helper": login && `!cat ${quoted(login)}; :`,
    "core.sshCommand":
      key &&
      hosts &&
      [
        `ssh -i ${quoted(key)}`,
        ssh("IdentitiesOnly", "yes"),
        ssh("BatchMode", "yes"),
        ssh("StrictHostKeyChecking", "yes"),
        ssh("UserKnownHostsFile", hosts),
        ssh("GlobalKnownHostsFile", "/dev/null"),
      ].join(" "),
    "http.sslCAInfo": ca,
  };
}

/** As a shell takes it as one word. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
