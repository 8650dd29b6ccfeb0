import type { FieldDoc } from "./cluster-field-docs";

const release = "platform.extra.releases.KEY";

/** What the fields of a user's own charts and objects mean. */
export const extraDocs: readonly FieldDoc[] = [
  { path: "platform.extra", means: "charts and objects of your own, which live and die with the platform ([more](extra.md))" },
  { path: "platform.extra.releases", means: "Helm releases, by name" },
  { path: `${release}.chart`, means: "the chart's name in its repository" },
  { path: `${release}.repository`, means: "`https://…` of a Helm repository, or `oci://HOST/PATH` below which the chart is" },
  { path: `${release}.version`, means: "one whole version of the chart; no range" },
  { path: `${release}.namespace`, means: "a tenant's ([more](tenants.md)), which says its Pod Security and whom its pods reach" },
  { path: `${release}.values`, means: "values of the chart; references to secrets are not among them" },
  {
    path: "platform.extra.manifests",
    means:
      "Kubernetes objects: each one as it is, or the path of a YAML file of them, or of a kustomization's folder ([more](extra.md)), in the environment's folder or below it; a namespace is a tenant's",
  },
];
