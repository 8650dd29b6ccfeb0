import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Profile } from "../model/plan/types";
import { buildGcp, gcpPlan } from "../test/support/gcp";

/*
 * Holds what an environment on GCP is made of against Google's discovery documents: `node dist/dev/gcp-documents.js FOLDER`, with the folder of the
 * documents that the Python package google-api-python-client has (googleapiclient/discovery_cache/documents). Prints what was compared; ends with 1
 * where something differs.
 */

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly annotations?: { readonly required?: readonly string[] };
}

interface Document {
  readonly revision: string;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** By type: the API, the schema and the method that makes it, and inputs that the provider has under another name or makes of something else. */
const TYPES: Readonly<
  Record<string, readonly [api: string, schema: string, method: string, inputs: Readonly<Record<string, string | undefined>>]>
> = {
  "gcp:compute/network:Network": ["compute", "Network", "compute.networks.insert", { routingMode: undefined }],
  "gcp:compute/subnetwork:Subnetwork": ["compute", "Subnetwork", "compute.subnetworks.insert", {}],
  "gcp:compute/router:Router": ["compute", "Router", "compute.routers.insert", {}],
  "gcp:compute/routerNat:RouterNat": ["compute", "RouterNat", "", { router: undefined }],
  "gcp:compute/firewall:Firewall": ["compute", "Firewall", "compute.firewalls.insert", { allows: "allowed", denies: "denied" }],
  "gcp:compute/address:Address": ["compute", "Address", "compute.addresses.insert", {}],
  "gcp:compute/image:Image": ["compute", "Image", "compute.images.insert", {}],
  "gcp:compute/instance:Instance": [
    "compute",
    "Instance",
    "compute.instances.insert",
    {
      allowStoppingForUpdate: undefined,
      bootDisk: undefined,
      serviceAccount: undefined,
      metadata: undefined,
      networkInterfaces: undefined,
    },
  ],
  "gcp:compute/disk:Disk": ["compute", "Disk", "compute.disks.insert", { size: "sizeGb" }],
  "gcp:compute/attachedDisk:AttachedDisk": ["compute", "AttachedDisk", "", { disk: "source", instance: undefined }],
  "gcp:compute/instanceGroup:InstanceGroup": ["compute", "InstanceGroup", "compute.instanceGroups.insert", {}],
  "gcp:compute/regionHealthCheck:RegionHealthCheck": ["compute", "HealthCheck", "", {}],
  "gcp:compute/regionBackendService:RegionBackendService": ["compute", "BackendService", "", { connectionDrainingTimeoutSec: undefined }],
  "gcp:compute/forwardingRule:ForwardingRule": ["compute", "ForwardingRule", "", { ipAddress: "IPAddress", ipProtocol: "IPProtocol" }],
  "gcp:serviceaccount/account:Account": ["iam", "ServiceAccount", "", { accountId: undefined, project: "projectId" }],
  "gcp:projects/iAMCustomRole:IAMCustomRole": [
    "iam",
    "Role",
    "",
    { permissions: "includedPermissions", roleId: undefined, project: undefined },
  ],
};

/** Inputs that say where a thing is made: parts of the call's path. */
const PLACE: readonly string[] = ["project", "zone", "region"];

let [compared, wrong] = [0, 0];

function hold(what: string, problem: string | undefined): void {
  compared += 1;
  if (problem === undefined) return;
  wrong += 1;
  console.log(`✗ ${what} ${problem}`);
}

/** Holds a value against its schema, and what is in it against theirs. */
function holdValue(schemas: Document["schemas"], what: string, schema: Schema | undefined, value: unknown): void {
  const own = schema?.$ref === undefined ? schema : schemas[schema.$ref];
  if (own === undefined) hold(what, "is no field of the API");
  else if (Array.isArray(value))
    for (const [index, each] of value.entries()) holdValue(schemas, `${what}[${index}]`, own.type === "array" ? own.items : own, each);
  else if (typeof value === "object" && value !== null && own.properties !== undefined)
    for (const [key, each] of Object.entries(value)) holdValue(schemas, `${what}.${key}`, memberOf(own.properties, key), each);
  else hold(what, misfit(own, value));
}

/** A field, which the provider may call by another plural, or write its abbreviations otherwise. */
function memberOf(properties: NonNullable<Schema["properties"]>, key: string): Schema | undefined {
  return properties[key] ?? properties[key === "protocol" ? "IPProtocol" : key.replace(/s$/, "")] ?? properties[key.replace("Ip", "IP")];
}

function misfit({ enum: known, pattern }: Schema, value: unknown): string | undefined {
  if (known !== undefined) return known.includes(String(value)) ? undefined : `is none of ${known.join(", ")}`;
  if (pattern === undefined || typeof value !== "string") return undefined;
  return new RegExp(`^(?:${pattern})$`).test(value) ? undefined : `does not match ${pattern}`;
}

async function main(folder: string): Promise<void> {
  const read = (api: string): Document => JSON.parse(readFileSync(join(folder, `${api}.v1.json`), "utf8"));
  const documents: Readonly<Record<string, Document>> = { compute: read("compute"), iam: read("iam") };
  for (const profile of ["minimal", "standard", "highAvailability"] as const satisfies readonly Profile[]) {
    const { resources } = await buildGcp(gcpPlan(profile));
    const before = compared;
    for (const { type, name, inputs } of resources) {
      const known = TYPES[type];
      if (known === undefined) continue;
      const [api, schema, method, names] = known;
      const document = documents[api];
      const properties = document?.schemas[schema]?.properties ?? {};
      const given = Object.keys(inputs).map((key) => (key in names ? names[key] : key));
      for (const [field, { annotations }] of Object.entries(properties))
        if (method !== "" && annotations?.required?.includes(method))
          hold(`${name}.${field}`, given.includes(field) ? undefined : "is lacking");
      for (const [key, value] of Object.entries(inputs)) {
        const field = key in names ? names[key] : key;
        if (field === undefined || PLACE.includes(key) || document === undefined) continue;
        holdValue(document.schemas, `${name}.${key}`, properties[field], value);
      }
      if (type !== "gcp:compute/instance:Instance" || document === undefined) continue;
      const boot = (inputs.bootDisk as { initializeParams: Readonly<Record<string, unknown>> }).initializeParams;
      const params = document.schemas.AttachedDiskInitializeParams?.properties;
      for (const [key, field] of [
        ["image", "sourceImage"],
        ["size", "diskSizeGb"],
        ["type", "diskType"],
        ["labels", "labels"],
      ] as const)
        holdValue(document.schemas, `${name}.bootDisk.${key}`, params?.[field], boot[key]);
      const [nic] = inputs.networkInterfaces as Readonly<Record<string, unknown>>[];
      const fields = document.schemas.NetworkInterface?.properties;
      holdValue(document.schemas, `${name}.networkInterfaces.networkIp`, fields?.networkIP, nic?.networkIp);
      holdValue(document.schemas, `${name}.networkInterfaces.stackType`, fields?.stackType, nic?.stackType);
      for (const key of Object.keys(inputs.metadata as object)) {
        const pattern = document.schemas.Metadata?.properties?.items?.items?.properties?.key?.pattern ?? "";
        hold(`${name}.metadata.${key}`, new RegExp(`^(?:${pattern})$`).test(key) ? undefined : `does not match ${pattern}`);
      }
    }
    console.log(`✓ ${profile}: ${resources.length} resources, ${compared - before} fields`);
  }
  console.log(`compute ${documents.compute?.revision}, iam ${documents.iam?.revision}: ${compared} compared, ${wrong} wrong`);
  if (wrong > 0) process.exitCode = 1;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node dist/dev/gcp-documents.js DOCUMENTS");
  process.exitCode = 2;
} else void main(folder);
