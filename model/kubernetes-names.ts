import { shortHash } from "./names";

/* What Kubernetes takes as names, labels and taints. */

const subdomain = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*";
const key = `(?:(?=[^/]{1,253}/)${subdomain}/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;
const value = "(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?";

/** The name of an object whose kind takes DNS subdomains: classes, nodes. */
export const objectName = new RegExp(`^(?=.{1,253}$)${subdomain}$`);
export const labelKey = new RegExp(`^${key}$`);
export const labelValue = new RegExp(`^${value}$`);
export const nodeTaint = new RegExp(`^${key}(?:=${value})?:(?:NoSchedule|PreferNoSchedule|NoExecute)$`);

/** The label by which a node tells its pool. */
export const poolLabel = "kpaas.io/pool";

/** The label by which a namespace tells that it is a tenant's, and whose. */
export const tenantLabel = "kpaas.io/tenant";

/** The annotation by which an object that makes volumes of its own tells that their data go with it, and how large they are. */
export const volumesAnnotation = "kpaas.io/volumes";

/** A text as a label's value: itself where Kubernetes takes it, else what it takes of it with a hash, so that two texts stay apart. */
export function labelValueOf(text: string): string {
  if (labelValue.test(text)) return text;
  const allowed = text
    .replace(/[^-A-Za-z0-9_.]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 54)
    .replace(/[^A-Za-z0-9]+$/, "");
  return [...(allowed === "" ? [] : [allowed]), shortHash([text])].join("-");
}
