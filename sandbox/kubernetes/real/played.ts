import { denyPool, POOL_KIND } from "../addresses";
import type { Api } from "../api";
import type { SimulatedCluster } from "../cluster";
import { kubeletProblems, LOOKED_AT, type Seen } from "../kubelet";
import { at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf } from "../values";
import type { RealApi } from "./api";

/** Where each kind of workload has the spec of its pods. */
const POD_SPEC: Readonly<Record<string, string>> = {
  "v1/Pod": "spec",
  "apps/v1/Deployment": "spec.template.spec",
  "apps/v1/StatefulSet": "spec.template.spec",
  "apps/v1/DaemonSet": "spec.template.spec",
  "batch/v1/Job": "spec.template.spec",
};

/** A real API server with what pods and machines would do beside it: kubelets that look at configuration and volumes, MetalLB's webhook. */
export function played(server: RealApi, cluster: SimulatedCluster): Api {
  const admit = async (object: Fields): Promise<void> => {
    if (kindOf(object) !== POOL_KIND) return;
    const pools = await server.list(POOL_KIND);
    denyPool(object as KubeObject, { list: () => pools });
  };
  return {
    patience: server.patience,
    get: (object) => server.get(object),
    list: (kind) => server.list(kind),
    create: async (wanted) => {
      await admit(wanted);
      return await server.create(wanted);
    },
    apply: async (before, wanted) => {
      await admit(wanted);
      return await server.apply(before, wanted);
    },
    dryRun: async (before, wanted) => {
      await admit(wanted);
      await server.dryRun(before, wanted);
    },
    delete: (object) => server.delete(object),
    observe: async (object) => {
      const observed = await server.observe(object);
      // A pod that is not placed has no kubelet yet.
      if (observed.reasons.length > 0) return observed;
      return { object: observed.object, reasons: await problemsOf(object, server, cluster) };
    },
    served: (apiVersion, kind) => server.served(apiVersion, kind),
  };
}

const kindOf = (object: Fields): string => `${String(object.apiVersion)}/${String(object.kind)}`;

/** What the kubelets of the nodes would say of a workload's pods. */
async function problemsOf(object: KubeObject, server: RealApi, cluster: SimulatedCluster): Promise<string[]> {
  const path = POD_SPEC[kindOf(object)];
  if (path === undefined) return [];
  const spec = fields(at(object, path));
  const namespace = namespaceOf(object);
  const problems = kubeletProblems(spec, namespace, cluster.nodes, cluster, await lookFor(spec, namespace, server, cluster));
  return problems.map((problem) => `[Pod ${namespace}/${nameOf(object)}]: ${problem}`);
}

/** What a pod's kubelet looks at, asked for at once. */
async function lookFor(spec: Fields, namespace: string, server: RealApi, cluster: SimulatedCluster): Promise<Seen> {
  const written = JSON.stringify(spec);
  const claims = list(spec.volumes).some((volume) => at(volume, "persistentVolumeClaim") !== undefined);
  const shares = claims && cluster.nodes.some((node) => !cluster.mountsNfs(node));
  const wanted: Readonly<Record<(typeof LOOKED_AT)[number], boolean>> = {
    "v1/Secret": /"secret(KeyRef|Ref)?":/.test(written),
    "v1/ConfigMap": /"configMap(KeyRef|Ref)?":/.test(written),
    "v1/PersistentVolumeClaim": shares,
    "storage.k8s.io/v1/StorageClass": shares,
    "apps/v1/Deployment": shares,
  };
  const inNamespace = { namespace, labels: "" };
  const found = new Map<string, readonly KubeObject[]>();
  const look = async (kind: string): Promise<unknown> =>
    found.set(kind, await server.list(kind, kind.startsWith("v1/") ? inNamespace : undefined));
  await Promise.all(LOOKED_AT.filter((kind) => wanted[kind]).map(look));
  return {
    list: (kind) => found.get(kind) ?? [],
    get: (apiVersion, kind, _namespace, name) => found.get(`${apiVersion}/${kind}`)?.find((one) => nameOf(one) === name),
  };
}
