import { createHash } from "node:crypto";
import type { BomEntry, EnvironmentPlan } from "../model/plan/types";

/** The bill of materials as CycloneDX 1.6 in JSON. The same plan gives the same text: it has no time, and its serial number is made of it. */
export function cycloneDx(
  { environment, release, bom }: Pick<EnvironmentPlan, "environment" | "release" | "bom">,
  version: string,
): object {
  const document = {
    metadata: {
      tools: { components: [{ type: "application", name: "kpaas", version }] },
      component: { type: "platform", "bom-ref": "environment", name: environment, version: release },
    },
    components: bom.map(component),
    dependencies: [{ ref: "environment", dependsOn: bom.map(refOf) }],
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(document))}`,
    version: 1,
    ...document,
  };
}

const TYPES = { software: "application", chart: "application", image: "container", file: "file" } as const;

function component(entry: BomEntry): object {
  const { kind, name, version, licence, source, endOfLife, digest } = entry;
  const properties = [
    { name: "kpaas:kind", value: kind },
    ...(endOfLife === undefined ? [] : [{ name: "kpaas:endOfLife", value: endOfLife }]),
  ];
  return {
    type: TYPES[kind],
    "bom-ref": refOf(entry),
    name,
    ...(version === "" ? {} : { version }),
    ...(digest === undefined ? {} : { hashes: [{ alg: "SHA-256", content: digest.replace("sha256:", "") }] }),
    ...(licence === undefined ? {} : { licenses: [{ license: { id: licence } }] }),
    ...(kind === "image" ? { purl: purlOf(entry) } : {}),
    ...(source === undefined ? {} : { externalReferences: [{ type: kind === "software" ? "vcs" : "distribution", url: source }] }),
    properties,
  };
}

/** Unique in the document: a file's name is not, its address is. */
function refOf({ kind, name, version, source }: BomEntry): string {
  return kind === "file" ? `file:${source}` : `${kind}:${name}@${version}`;
}

/** An image as a package URL of the type `oci`. */
function purlOf({ name, version, digest }: BomEntry): string {
  const at = digest === undefined ? "" : `@${encodeURIComponent(digest)}`;
  const tag = version === "" ? "" : `&tag=${encodeURIComponent(version)}`;
  return `pkg:oci/${name.split("/").at(-1)}${at}?repository_url=${encodeURIComponent(name)}${tag}`;
}

/** A UUID of version 8, which may be made of anything: here of the text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
