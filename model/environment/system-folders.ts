/** Folders that the system of the machine itself lives in: the volume would be mounted over them. */
const systemFolders = [
  "/",
  "/home",
  "/mnt",
  "/media",
  "/opt",
  "/srv",
  "/var",
  "/var/cache",
  "/var/lib",
  "/var/log",
  "/var/mail",
  "/var/opt",
  "/var/spool",
  "/var/tmp",
];
/** Those in which nothing of ours may be either. */
const systemTrees = [
  ...[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/lost+found",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/snap",
    "/sys",
    "/tmp",
    "/usr",
  ],
  ...["/var/lib/cloud", "/var/lib/dpkg", "/var/lib/nfs", "/var/lib/systemd", "/var/lock", "/var/run", "/var/snap"],
];

/** Whether a volume mounted there would hide what the machine itself needs. `user` is who logs in to it. */
export function isSystemFolder(path: string, user: string): boolean {
  return systemFolders.includes(path) || [...systemTrees, `/home/${user}`].some((tree) => path === tree || path.startsWith(`${tree}/`));
}
