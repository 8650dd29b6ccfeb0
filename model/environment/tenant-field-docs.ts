import type { FieldDoc } from "./cluster-field-docs";

const path = "platform.tenants.KEY";
const sizes = "`low`, `medium`, `high`, or amounts of your own";

/** What the fields of tenants mean. */
export const tenantDocs: readonly FieldDoc[] = [
  {
    path: "platform.tenants",
    means: "namespaces for other people's work, by name, with quota, limits, roles and walls ([more](tenants.md))",
  },
  {
    path: `${path}.quota`,
    means: `what its pods may use together, by their limits: ${sizes}. 2 cores and 2Gi, 4 and 6Gi, 8 and 12Gi`,
    byDefault: "`low`",
  },
  { path: `${path}.quota.cpu`, means: "in cores: `4`, `500m`" },
  { path: `${path}.quota.memory`, means: "in bytes: `6Gi`" },
  { path: `${path}.quota.storage`, means: "what its volumes may ask for together, in bytes: `100Gi`", byDefault: "as much as there is" },
  { path: `${path}.quota.pods`, means: "how many pods it may have", byDefault: "as many as fit" },
  {
    path: `${path}.limits`,
    means: `what a container may use that says nothing of its own: ${sizes}. 100m and 500Mi, 300m and 1500Mi, 900m and 3Gi`,
    byDefault: "`low`",
  },
  { path: `${path}.limits.cpu`, means: "in cores: `0.5`, `500m`" },
  { path: `${path}.limits.memory`, means: "in bytes: `512Mi`" },
  {
    path: `${path}.administrators`,
    means: "who runs it (the role `cp-admin-role`): `{ user: NAME }` and `{ group: NAME }`, as the cluster's log-in names them",
    byDefault: "nobody",
  },
  { path: `${path}.users`, means: "who looks at it (the role `cp-init-role`), Secrets excepted; likewise", byDefault: "nobody" },
  { path: `${path}.labels`, means: "labels of its namespace" },
  {
    path: `${path}.isolate`,
    means: "whether its pods reach, and are reached by, each other and the ingress only, and look up names",
    byDefault: "`true`",
  },
  { path: `${path}.podSecurity`, means: "the Pod Security Standard it is held to", byDefault: "`restricted`" },
  { path: `${path}.chaos`, means: "whether Chaos Mesh may hurt its pods", byDefault: "`false`" },
  {
    path: `${path}.mesh`,
    means:
      "has its pods in the mesh ([more](tenants.md)): `permissive` leaves them met as before, `strict` by others of the mesh only, and not by the platform's ingress. Pods that are there already come into it, and leave it, when they are made anew",
    byDefault: "they are not in it",
  },
];
