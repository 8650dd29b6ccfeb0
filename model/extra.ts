import { at, type Fields, fields, isFields, list } from "./data";

/* What users bring of their own, which lives and dies with the platform: charts, and Kubernetes objects. */

/** A Helm release of the user's own. */
export interface ExtraRelease {
  /** Its key in the file, and its name in the cluster. */
  readonly name: string;
  readonly chart: {
    readonly name: string;
    readonly version: string /** A repository's URL, or `oci://HOST/PATH`. */;
    readonly repository: string;
  };
  /** A tenant's. */
  readonly namespace: string;
  readonly values: Fields;
}

/** A Kubernetes object of the user's own, and the field of the file that brings it. */
export interface ExtraObject {
  readonly path: string;
  readonly manifest: Fields;
}

/** Whether it says what it is: API, kind and name. */
export function isKubernetesObject(value: unknown): value is Record<string, unknown> {
  if (!isFields(value)) return false;
  const { name, namespace } = fields(value.metadata);
  const texts = [value.apiVersion, value.kind, name, namespace ?? "-"];
  return texts.every((each) => typeof each === "string" && each !== "");
}

/** Kinds of Kubernetes' own that are in no namespace. Of an API that is not Kubernetes' own it is not known. */
const OF_THE_CLUSTER = [
  ...[
    "APIService",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "CSIDriver",
    "CustomResourceDefinition",
    "IngressClass",
  ],
  ...["MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass"],
  ...["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"],
];

/** Whether an object must say its namespace; undefined where only whoever defines its kind knows. */
export function isNamespaced({ apiVersion, kind }: Fields): boolean | undefined {
  const group = String(apiVersion).split("/").slice(0, -1).join("/");
  if (group.includes(".") && !group.endsWith(".k8s.io")) return undefined;
  return !OF_THE_CLUSTER.includes(String(kind));
}

/** `NAMESPACE/NAME`, or the name alone. */
export function objectId(manifest: Fields): string {
  const { namespace, name } = fields(manifest.metadata);
  return namespace === undefined ? String(name) : `${String(namespace)}/${String(name)}`;
}

/** What says which object it is, for good: group, kind, namespace and name. Its API's version may change. */
export function objectKey(manifest: Fields): string {
  const group = String(manifest.apiVersion).split("/").slice(0, -1).join("/");
  return [...(group === "" ? [] : [group]), String(manifest.kind), objectId(manifest)].join("/");
}

/** The pod that an object makes or is. */
export function podSpecOf({ kind, spec }: Fields): Fields | undefined {
  if (kind === "Pod") return fields(spec);
  const path = kind === "CronJob" ? "jobTemplate.spec.template.spec" : "template.spec";
  const found = at(spec, path);
  return found === undefined ? undefined : fields(found);
}

/** The images that an object's containers name. */
export function imagesOf(manifest: Fields): string[] {
  const pod = podSpecOf(manifest) ?? {};
  const containers = [...list(pod.initContainers), ...list(pod.containers)];
  return containers.flatMap((each) => (typeof fields(each).image === "string" ? [String(fields(each).image)] : []));
}

/** Whether what it holds goes for good with it. */
export function holdsData({ apiVersion, kind }: Fields): boolean {
  return apiVersion === "v1" && kind === "PersistentVolumeClaim";
}
