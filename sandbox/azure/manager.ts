import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { imageReference } from "../../providers/azure/names";
import { familyOf, processorsIn, processorsOf } from "./compute";
import type { Azure, Quota } from "./names";

/* The part of the resource manager that azure-native has no lookups for, over HTTP on this machine alone. */

const UNKNOWN = [401, { error: { code: "InvalidAuthenticationToken", message: "The access token is invalid." } }] as const;

const STARTED = new WeakMap<Azure, Promise<string>>();

/** A token for it: as with Azure's own, its audience says where it is. */
export function tokenOf(cloud: Azure): Promise<string> {
  const started = STARTED.get(cloud) ?? start(cloud);
  STARTED.set(cloud, started);
  return started;
}

async function start(cloud: Azure): Promise<string> {
  let token = "";
  const server = createServer(({ url = "", headers }, response) => {
    const path = decodeURIComponent(url.split("?")[0] ?? "").replace(/^\/subscriptions\/[^/]+\/providers\//, "");
    const [status, body] = headers.authorization === `Bearer ${token}` ? found(cloud, path) : UNKNOWN;
    response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // It goes with the provider, and keeps it from nothing.
  server.unref();
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  const { port } = server.address() as AddressInfo;
  token = [part({ typ: "JWT" }), part({ aud: `http://127.0.0.1:${port}` }), randomUUID()].join(".");
  return token;
}

/** What there is at a path, with its status. */
function found(cloud: Azure, path: string): readonly [status: number, body: object] {
  if (path === "Microsoft.Compute/skus") return [200, { value: cloud.existing("sizes").map((entry) => sku(cloud, entry)) }];
  const [, of] = /^Microsoft\.(\w+)\/locations\/[^/]+\/usages$/.exec(path) ?? [];
  if (of === "Compute") {
    const families = new Set(cloud.existing("sizes").map((entry) => familyOf(entry.split(" ")[0] ?? "")));
    const ofFamilies = [...families].flatMap((family) => usage(cloud, family, "families", processorsIn(cloud, family)));
    return [200, { value: [...usage(cloud, "cores", "processors", processorsIn(cloud)), ...ofFamilies] }];
  }
  if (of === "Network")
    return [200, { value: usage(cloud, "StandardSkuPublicIpAddresses", "addresses", cloud.store.list("publicIp").length) }];
  const [, publisher, offer, name, version] =
    /\/publishers\/([^/]+)\/artifacttypes\/vmimage\/offers\/([^/]+)\/skus\/([^/]+)\/versions\/([^/]+)$/.exec(path) ?? [];
  const wanted = [publisher, offer, name, version].join(":");
  return imageReference(wanted) !== undefined && cloud.existing("images").includes(wanted)
    ? [200, { properties: { architecture: "x64", hyperVGeneration: "V2" } }]
    : [404, { error: { code: "NotFound", message: `Artifact: ${wanted} was not found.` } }];
}

/** `SIZE in ZONE ZONE`, or in every zone. */
function sku(cloud: Azure, entry: string): object {
  const [name = "", , ...zones] = entry.split(" ");
  const able = { HyperVGenerations: "V1,V2", PremiumIO: "True", AcceleratedNetworkingEnabled: "True", MaxDataDiskCount: "64" };
  return {
    resourceType: "virtualMachines",
    name,
    family: familyOf(name),
    locationInfo: [{ location: cloud.region, zones: zones.length > 0 ? zones : cloud.existing("zones") }],
    restrictions: [],
    capabilities: Object.entries({ vCPUs: String(processorsOf(name)), ...able }).map(([key, value]) => ({ name: key, value })),
  };
}

/** A quota of world.json's, if it has that one. */
function usage(cloud: Azure, value: string, quota: Quota, currentValue: number): object[] {
  const limit = cloud.quota(quota);
  return limit === undefined ? [] : [{ name: { value }, limit, currentValue }];
}
