import { existsSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { parseAllDocuments } from "yaml";
import { isFields } from "../model/data";
import { type ExtraObject, isKubernetesObject } from "../model/extra";
import type { Findings } from "../model/problems";
import { fromFolder } from "./from-folder";
import { readTextFile } from "./text-file";

/** Files that make a folder a kustomization. */
const KUSTOMIZATIONS = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Reads files of Kubernetes objects, which are in a folder or below it: what is reviewed with the environment file. */
export function manifestsIn(folder: string) {
  return (paths: readonly (readonly [field: string, path: string])[], findings: Findings): ExtraObject[] =>
    paths.flatMap(([field, path]) => {
      const file = fromFolder(folder, path);
      if (existsSync(file) && !realpathSync(file).startsWith(realpathSync(folder) + sep)) {
        findings.error(field, "is outside the environment's folder", "move it there: it is reviewed with the file that names it", path);
        return [];
      }
      if (existsSync(file) && statSync(file).isDirectory() && KUSTOMIZATIONS.some((each) => existsSync(join(file, each)))) {
        const remedy = `write \`kubectl kustomize ${path} > ${path.replace(/\/$/, "")}.yaml\`, and name that file`;
        findings.error(field, "is a kustomization, of which nobody sees here what it makes", remedy, path);
        return [];
      }
      return objectsIn(file, field, path, findings).map((manifest) => ({ path: field, manifest }));
    });
}

/** The objects of a file, those of lists too. */
function objectsIn(file: string, field: string, path: string, findings: Findings): ExtraObject["manifest"][] {
  const text = readTextFile(file, field, findings);
  if (text === undefined) return [];
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
