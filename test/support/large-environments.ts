import { INFRASTRUCTURES } from "./cloud-files";
import { BARE } from "./layers";
import { type FileContent, merge } from "./plan";

/** Data volumes, groups kept apart, a bastion, resolvers: with what is one cloud's alone, of everything that a cloud makes some. */
const LARGE: FileContent = {
  name: "seoul",
  profile: "highAvailability",
  infrastructure: { access: { bastion: true }, network: { dns: ["10.0.0.2"] } },
  cluster: { pools: { general: { nodes: 4, volumes: [{ name: "osd", sizeGiB: 10 }] } } },
  platform: { ...BARE, domain: "seoul.example.org" },
};
const OWN: Readonly<Record<string, FileContent>> = {
  openstack: { openstack: { dns: { zone: "example.org" }, applicationCredential: { uses: ["loadBalancers", "volumes"] } } },
  gcp: { gcp: { controllers: true } },
};
/** Where the cloud controller runs, rules stand apart from their group. */
const PLATFORMS: Readonly<Record<string, FileContent>> = { azure: { loadBalancer: { kind: "cloud", services: true } } };

/** By cloud that makes machines, the file of an environment that has some of everything. */
export const LARGE_FILES: Readonly<Record<string, FileContent>> = Object.fromEntries(
  Object.entries(INFRASTRUCTURES).map(([cloud, infrastructure]) => [
    cloud,
    merge(LARGE, { infrastructure: merge(infrastructure, OWN[cloud] ?? {}), platform: PLATFORMS[cloud] ?? {} }),
  ]),
);
