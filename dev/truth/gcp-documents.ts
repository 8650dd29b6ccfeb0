import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Comparison, type Definitions } from "./comparison";
import { samplesOf } from "./samples";

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
export const TYPES: Readonly<
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
  "gcp:dns/policy:Policy": ["dns", "Policy", "", { project: undefined }],
};

/** Types that no document has, each with the reason. */
export const NO_DOCUMENT: Readonly<Record<string, string>> = {
  "gcp:compute/instanceGroupMembership:InstanceGroupMembership":
    "a member of a group that the provider adds to it: a group and an instance",
  "gcp:projects/iAMMember:IAMMember": "a member and a role in a policy, both of them free texts there",
  "gcp:serviceaccount/iAMMember:IAMMember": "a member and a role in a policy, both of them free texts there",
};

/** Inputs that say where a thing is made: parts of the call's path. */
const PLACE: readonly string[] = ["project", "zone", "region"];

/** Holds a value against its schema, and what is in it against theirs. */
function holdValue(hold: Comparison["hold"], schemas: Document["schemas"], what: string, schema: Schema | undefined, value: unknown): void {
  const within = (name: string, inner: Schema | undefined, each: unknown): void => holdValue(hold, schemas, name, inner, each);
  const own = schema?.$ref === undefined ? schema : schemas[schema.$ref];
  if (own === undefined) hold(what, "is no field of the API");
  else if (Array.isArray(value))
    for (const [index, each] of value.entries()) within(`${what}[${index}]`, own.type === "array" ? own.items : own, each);
  else if (typeof value === "object" && value !== null && own.properties !== undefined)
    for (const [key, each] of Object.entries(value)) within(`${what}.${key}`, memberOf(own.properties, key), each);
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

/** Holds what an environment on GCP is made of against the discovery documents that google-api-python-client ships. */
export async function holdGcp({ packages, versions }: Definitions, samples = samplesOf("gcp")): Promise<Comparison> {
  const folder = join(packages, "googleapiclient", "discovery_cache", "documents");
  const read = (api: string): Document => JSON.parse(readFileSync(join(folder, `${api}.v1.json`), "utf8"));
  const documents: Readonly<Record<string, Document>> = { compute: read("compute"), iam: read("iam"), dns: read("dns") };
  const revisions = Object.entries(documents).map(([api, { revision }]) => `${api} ${revision}`);
  const comparison = new Comparison(`google-api-python-client ${versions["google-api-python-client"]} (${revisions.join(", ")})`);
  const hold: Comparison["hold"] = (what, problem) => comparison.hold(what, problem);
  for (const { name: sample, resources } of await samples)
    for (const { type, name, inputs } of resources) {
      if (type in NO_DOCUMENT) continue;
      const known = TYPES[type];
      const document = documents[known?.[0] ?? ""];
      if (known === undefined || document === undefined) {
        hold(type, "is held against nothing: dev/truth/gcp-documents.ts does not know it");
        continue;
      }
      const [, schema, method, names] = known;
      const what = `${sample}: ${name}`;
      const properties = document.schemas[schema]?.properties ?? {};
      const given = Object.keys(inputs).map((key) => (key in names ? names[key] : key));
      for (const [field, { annotations }] of Object.entries(properties))
        if (method !== "" && annotations?.required?.includes(method))
          hold(`${what}.${field}`, given.includes(field) ? undefined : "is lacking");
      for (const [key, value] of Object.entries(inputs)) {
        const field = key in names ? names[key] : key;
        if (field !== undefined && !PLACE.includes(key)) holdValue(hold, document.schemas, `${what}.${key}`, properties[field], value);
      }
      if (type === "gcp:compute/instance:Instance") holdInstance(hold, document, what, inputs);
    }
  return comparison;
}

/** What the provider has otherwise than the API: the boot disk, addresses of interfaces, metadata. */
function holdInstance(hold: Comparison["hold"], { schemas }: Document, what: string, inputs: Readonly<Record<string, unknown>>): void {
  const boot = (inputs.bootDisk as { initializeParams: Readonly<Record<string, unknown>> }).initializeParams;
  const params = schemas.AttachedDiskInitializeParams?.properties;
  for (const [key, field] of [
    ["image", "sourceImage"],
    ["size", "diskSizeGb"],
    ["type", "diskType"],
    ["labels", "labels"],
  ] as const)
    holdValue(hold, schemas, `${what}.bootDisk.${key}`, params?.[field], boot[key]);
  const [nic] = inputs.networkInterfaces as Readonly<Record<string, unknown>>[];
  const fields = schemas.NetworkInterface?.properties;
  holdValue(hold, schemas, `${what}.networkInterfaces.networkIp`, fields?.networkIP, nic?.networkIp);
  holdValue(hold, schemas, `${what}.networkInterfaces.stackType`, fields?.stackType, nic?.stackType);
  for (const key of Object.keys(inputs.metadata as object)) {
    const pattern = schemas.Metadata?.properties?.items?.items?.properties?.key?.pattern ?? "";
    hold(`${what}.metadata.${key}`, new RegExp(`^(?:${pattern})$`).test(key) ? undefined : `does not match ${pattern}`);
  }
}
