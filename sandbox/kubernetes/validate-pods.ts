import { parseQuantity } from "../../model/quantity";
import { UNKNOWN } from "../../plugin/rpc/provider";
import type { FieldError } from "./schema";
import { at, type Fields, fields, list, text } from "./values";

/**
 * A pod template's rules: containers, volumes and their mounts, ports, resources and the restart policy. `path` ends with a dot or is empty;
 * `claims` names the volumes that a StatefulSet's claim templates add.
 */
export function validatePodTemplate(
  template: unknown,
  path: string,
  restartPolicies: readonly string[],
  claims: readonly unknown[] = [],
): FieldError[] {
  if (template === UNKNOWN || template === undefined || at(template, "spec") === UNKNOWN) return [];
  const spec = fields(at(template, "spec"));
  const base = `${path}spec`;
  const errors: FieldError[] = [];
  const containers = list(spec.containers);
  if (containers.length === 0 && spec.containers !== UNKNOWN) errors.push({ path: `${base}.containers`, reason: "Required value" });
  const policy = text(spec.restartPolicy) ?? "Always";
  if (policy !== UNKNOWN && !restartPolicies.includes(policy)) {
    errors.push({
      path: `${base}.restartPolicy`,
      reason: `Unsupported value: "${policy}": supported values: ${restartPolicies.map((one) => `"${one}"`).join(", ")}`,
    });
  }
  const volumes = list(spec.volumes).map((volume) => fields(volume).name);
  const names = new Set<unknown>();
  for (const part of ["initContainers", "containers"]) {
    list(spec[part]).forEach((entry, index) => {
      const container = fields(entry);
      const place = `${base}.${part}[${index}]`;
      if (container.name !== UNKNOWN && names.has(container.name))
        errors.push({ path: `${place}.name`, reason: `Duplicate value: "${container.name}"` });
      names.add(container.name);
      errors.push(...validateContainer(container, place, [...volumes, ...claims], spec.volumes === UNKNOWN || claims.includes(UNKNOWN)));
    });
  }
  return [...errors, ...duplicates(volumes, `${base}.volumes`)];
}

function validateContainer(container: Fields, path: string, volumes: readonly unknown[], anyVolume: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (container.image === undefined) errors.push({ path: `${path}.image`, reason: "Required value" });
  list(container.volumeMounts).forEach((mount, index) => {
    const name = fields(mount).name;
    if (!anyVolume && name !== UNKNOWN && !volumes.includes(name))
      errors.push({ path: `${path}.volumeMounts[${index}].name`, reason: `Not found: "${String(name)}"` });
  });
  list(container.ports).forEach((entry, index) => {
    const port = fields(entry).containerPort;
    if (typeof port === "number" && (port < 1 || port > 65535)) {
      errors.push({
        path: `${path}.ports[${index}].containerPort`,
        reason: `Invalid value: ${port}: must be between 1 and 65535, inclusive`,
      });
    }
  });
  list(container.env).forEach((entry, index) => {
    const variable = fields(entry);
    if (text(variable.value) !== undefined && variable.valueFrom !== undefined) {
      errors.push({ path: `${path}.env[${index}].valueFrom`, reason: "Invalid value: may not be specified when `value` is not empty" });
    }
  });
  return [...errors, ...validateResources(fields(container.resources), `${path}.resources`)];
}

function validateResources(resources: Fields, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const part of ["requests", "limits"]) {
    for (const [name, value] of Object.entries(fields(resources[part]))) {
      if (value !== UNKNOWN && parseQuantity(value) === undefined) {
        errors.push({
          path: `${path}.${part}.${name}`,
          reason: `Invalid value: ${JSON.stringify(value)}: quantities must match the regular expression of a number with a suffix`,
        });
      }
    }
  }
  for (const [name, value] of Object.entries(fields(resources.requests))) {
    const asked = parseQuantity(value);
    const limit = parseQuantity(fields(resources.limits)[name]);
    if (asked !== undefined && limit !== undefined && asked > limit) {
      errors.push({
        path: `${path}.requests`,
        reason: `Invalid value: "${String(value)}": must be less than or equal to ${name} limit of ${String(fields(resources.limits)[name])}`,
      });
    }
  }
  return errors;
}

function duplicates(names: readonly unknown[], path: string): FieldError[] {
  return names
    .map((name, index) => ({ name, index }))
    .filter(({ name, index }) => name !== UNKNOWN && names.indexOf(name) !== index)
    .map(({ name, index }) => ({ path: `${path}[${index}].name`, reason: `Duplicate value: "${String(name)}"` }));
}
