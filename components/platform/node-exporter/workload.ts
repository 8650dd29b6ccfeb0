import type { core } from "@pulumi/kubernetes/types/input";
import { EXPORTER_FILES, EXPORTER_FOLDER, type Exporter } from "../exporter";

/** The file of its Secret that says how it shows itself. */
export const SHOWN = "web.json";

/** What it sees of its node, by where it finds it. */
const FOLDERS = { root: "/", proc: "/proc", sys: "/sys" } as const;

/** Where its pods have it. */
const at = (folder: keyof typeof FOLDERS): string => `/host/${folder}`;

/** What a file system is that nobody fills: those of single pods, whose images and volumes are counted where they are, and none that is on a disk. */
const NOT_COUNTED = {
  "mount-points": "^/(dev|proc|sys|run/.+|var/lib/(containers|containerd|docker|kubelet)/.+)($|/)",
  "fs-types":
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$",
} as const;

/** @param folder where its files are */
export function nodeExporterArgs(folder = EXPORTER_FOLDER): string[] {
  return [
    `--web.config.file=${folder}/${SHOWN}`,
    `--path.rootfs=${at("root")}`,
    `--path.procfs=${at("proc")}`,
    `--path.sysfs=${at("sys")}`,
    `--path.udev.data=${at("root")}/run/udev/data`,
    ...Object.entries(NOT_COUNTED).map(([what, names]) => `--collector.filesystem.${what}-exclude=${names}`),
  ];
}

/** Prometheus' own exporter of machines. It is neither in its node's network nor among its processes: what interfaces carry kubelets say. */
export const EXPORTER: Exporter = { workload: "node-exporter", args: nodeExporterArgs(), port: 9100, page: "/" };

/** How it shows itself, as JSON, which YAML holds. */
export function shownBy(folder = EXPORTER_FOLDER): string {
  const { certificate, key } = EXPORTER_FILES;
  return JSON.stringify({
    tls_server_config: { cert_file: `${folder}/${certificate}`, key_file: `${folder}/${key}`, min_version: "TLS12" },
  });
}

/** The folders of its node, all to read: what is mounted there later it sees too. */
export const FOLDERS_OF_NODE: { readonly volumes: core.v1.Volume[]; readonly mounts: core.v1.VolumeMount[] } = {
  volumes: Object.entries(FOLDERS).map(([name, path]) => ({ name, hostPath: { path, type: "Directory" } })),
  mounts: Object.keys(FOLDERS).map((name) => ({
    name,
    mountPath: at(name as keyof typeof FOLDERS),
    readOnly: true,
    ...(name === "root" ? { mountPropagation: "HostToContainer" } : {}),
  })),
};
