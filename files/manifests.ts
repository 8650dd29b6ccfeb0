import { existsSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import { parseAllDocuments } from "yaml";
import { isFields } from "../model/data";
import { type ExtraObject, isKubernetesObject } from "../model/extra";
import type { Findings } from "../model/problems";
import { fromFolder } from "./from-folder";
import { kustomizationOf, kustomized } from "./kustomization";
import { readTextFile } from "./text-file";

/** Reads files of Kubernetes objects and kustomizations, which are in a folder or below it: what is reviewed with the environment file. */
export function manifestsIn(folder: string) {
  return (paths: readonly (readonly [field: string, path: string])[], findings: Findings): ExtraObject[] =>
    paths.flatMap(([field, path]) => {
      const file = fromFolder(folder, path);
      if (existsSync(file) && !(realpathSync(file) + sep).startsWith(realpathSync(folder) + sep)) {
        findings.error(field, "is outside the environment's folder", "move it there: it is reviewed with the file that names it", path);
        return [];
      }
      const text = kustomizationOf(file) ? kustomized(file, folder, field, path, findings) : readTextFile(file, field, findings);
      return objectsIn(text ?? "", field, path, findings).map((manifest) => ({ path: field, manifest }));
    });
}

/** The objects of a file's text, those of lists too. */
function objectsIn(text: string, field: string, path: string, findings: Findings): ExtraObject["manifest"][] {
  return parseAllDocuments(text, { logLevel: "error" }).flatMap((document) => {
    const [slip] = document.errors;
    if (slip !== undefined) {
      findings.error(field, `${path}, line ${slip.linePos?.[0].line ?? "?"}: is no YAML`, "mend it there");
      return [];
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) return [];
    const items: unknown[] = isFields(value) && value.kind === "List" && Array.isArray(value.items) ? value.items : [value];
    return items.flatMap((each) => {
      if (isKubernetesObject(each)) return [each];
      findings.error(field, `${path} holds something that is no Kubernetes object`, "give each apiVersion, kind and metadata.name");
      return [];
    });
  });
}
