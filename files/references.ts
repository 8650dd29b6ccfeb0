import { isAbsolute, relative, resolve } from "node:path";
import { at, isFields } from "../model/data";
import { secretFieldsOf } from "../model/environment/secret-fields";
import { replaceReferences } from "../model/environment/variable-values";
import type { SecretReference } from "../model/plan/infrastructure-types";
import { registry } from "./registry";

function movePath(path: string, from: string, to: string): string {
  return isAbsolute(path) || path.startsWith("~/") ? path : relative(to, resolve(from, path));
}

/** Where the fields of an environment refer to secrets. */
export function referencesIn(content: unknown): { readonly path: string; readonly reference: SecretReference }[] {
  const found: { readonly path: string; readonly reference: SecretReference }[] = [];
  for (const field of [...secretFieldsOf(registry), "cluster.variables"])
    replaceReferences(field, at(content, field), (path, reference) => found.push({ path, reference }));
  return found;
}

/** The content with the paths of its secret references and of kubespray, written in a file of one folder, as they read in a file of another. */
export function moveReferences(content: unknown, from: string, to: string): unknown {
  if (from === to || !isFields(content)) return content;
  const move = (_path: string, reference: SecretReference): SecretReference =>
    "file" in reference ? { file: movePath(reference.file, from, to) } : reference;
  const moved = structuredClone(content);
  for (const field of [...secretFieldsOf(registry), "cluster.variables"]) {
    const steps = field.split(".");
    const last = steps.pop() ?? "";
    const parent = steps.reduce<unknown>((value, step) => (isFields(value) ? value[step] : undefined), moved);
    if (isFields(parent) && parent[last] !== undefined) parent[last] = replaceReferences(field, parent[last], move);
  }
  const source = isFields(moved.cluster) && isFields(moved.cluster.kubespray) ? moved.cluster.kubespray : {};
  if (typeof source.source === "string") source.source = movePath(source.source, from, to);
  const manifests = at(moved, "platform.extra.manifests");
  if (Array.isArray(manifests))
    manifests.forEach((each, index) => {
      if (typeof each === "string") manifests[index] = movePath(each, from, to);
    });
  return moved;
}
