import { clusterDownloads } from "./downloads";
import type { ClusterSpec } from "./types";

/** Where images come from, by kubespray's variable for each. */
export const HOMES = {
  kube_image_repo: "registry.k8s.io",
  gcr_image_repo: "gcr.io",
  docker_image_repo: "docker.io",
  quay_image_repo: "quay.io",
  github_image_repo: "ghcr.io",
} as const;

/** Where files come from, by kubespray's variable for each. */
export const ORIGINS = {
  github_url: "github.com",
  dl_k8s_io_url: "dl.k8s.io",
  storage_googleapis_url: "storage.googleapis.com",
  get_helm_url: "get.helm.sh",
} as const;

/** Where a cluster's images and files are fetched from: `host:port`, by what it needs and by its variables. */
export function sourcesOf(spec: Pick<ClusterSpec, "kubespray" | "kubernetes" | "variables">): readonly string[] {
  const { images, files } = clusterDownloads(spec);
  const homes = new Set([...images.map((image) => image.split("/")[0]), ...files.map((file) => new URL(file).hostname)]);
  const places = Object.entries({ ...HOMES, ...ORIGINS })
    .filter(([, home]) => homes.has(home))
    .map(([name, home]) => spec.variables[name] ?? home);
  // A template in a variable is Ansible's to read.
  return [
    ...new Set(
      places
        .map(String)
        .filter((place) => !place.includes("{{"))
        .map(sourceOf),
    ),
  ].sort();
}

function sourceOf(place: string): string {
  const [, scheme = "https", name = "", port] = /^(?:(https?):\/\/)?([^/:]+)(?::(\d+))?/.exec(place) ?? [];
  const host = name === "docker.io" ? "registry-1.docker.io" : name;
  return `${host}:${port ?? (scheme === "http" ? 80 : 443)}`;
}
