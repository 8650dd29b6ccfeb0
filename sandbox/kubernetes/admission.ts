import { POOL_KIND, poolProblem } from "./addresses";
import type { Objects } from "./objects";
import { at, fields, type KubeObject, list, nameOf, namespaceOf } from "./values";

/** Why the cluster's own checks, beyond an object's form, refuse it; undefined when they do not. */
export function denied(object: KubeObject, objects: Objects): string | undefined {
  const kind = `${object.apiVersion}/${object.kind}`;
  if (kind === POOL_KIND) return poolProblem(object, objects);
  if (kind === "v1/Service") return allocatedPort(object, objects);
  return undefined;
}

function allocatedPort(service: KubeObject, objects: Objects): string | undefined {
  const wanted = list(at(service, "spec.ports")).map((port) => fields(port).nodePort);
  if (wanted.every((port) => port === undefined)) return undefined;
  for (const other of objects.list("v1/Service")) {
    if (nameOf(other) === nameOf(service) && namespaceOf(other) === namespaceOf(service)) continue;
    for (const entry of list(at(other, "spec.ports"))) {
      const port = fields(entry).nodePort;
      const index = port === undefined ? -1 : wanted.indexOf(port);
      if (index >= 0) {
        const what = `Service "${nameOf(service)}" is invalid: spec.ports[${index}].nodePort`;
        return `${what}: Invalid value: ${String(port)}: provided port is already allocated`;
      }
    }
  }
  return undefined;
}
