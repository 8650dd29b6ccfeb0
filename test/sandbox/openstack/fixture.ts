import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { OPENSTACK } from "../../../sandbox/openstack/cloud";
import { CloudClient, type Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

/** Tokens by short name. */
export const TOKENS = {
  network: "openstack:networking/network:Network",
  subnet: "openstack:networking/subnet:Subnet",
  router: "openstack:networking/router:Router",
  routerInterface: "openstack:networking/routerInterface:RouterInterface",
  port: "openstack:networking/port:Port",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  associate: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
  secGroup: "openstack:networking/secGroup:SecGroup",
  rule: "openstack:networking/secGroupRule:SecGroupRule",
  keypair: "openstack:compute/keypair:Keypair",
  instance: "openstack:compute/instance:Instance",
  serverGroup: "openstack:compute/serverGroup:ServerGroup",
  volumeAttach: "openstack:compute/volumeAttach:VolumeAttach",
  volume: "openstack:blockstorage/volume:Volume",
  loadBalancer: "openstack:loadbalancer/loadBalancer:LoadBalancer",
  listener: "openstack:loadbalancer/listener:Listener",
  pool: "openstack:loadbalancer/pool:Pool",
  member: "openstack:loadbalancer/member:Member",
  monitor: "openstack:loadbalancer/monitor:Monitor",
  recordSet: "openstack:dns/recordSet:RecordSet",
  credential: "openstack:identity/applicationCredential:ApplicationCredential",
} as const;

export type Short = keyof typeof TOKENS;

const WORLD = {
  images: ["ubuntu-22.04"],
  flavors: ["m1.large"],
  zones: ["az-1"],
  externalNetworks: ["public"],
  volumeTypes: ["ssd"],
  networks: [],
  subnets: [],
  routers: [],
  serverGroups: ["11111111-0000-4000-8000-00000000000a"],
  dnsZones: ["example.org."],
  roles: ["member", "reader"],
};

/** A simulated cloud spoken to over gRPC; a new one for each test. */
export function cloudUnderTest(): { readonly it: TestCloud } {
  const folder = temporaryFolders();
  const holder: { cloud?: TestCloud } = {};
  beforeEach(async () => {
    const world = folder();
    const cloud = new TestCloud(await ProviderClient.serve(createCloudProvider(OPENSTACK, world)), world);
    cloud.world({});
    holder.cloud = cloud;
  });
  afterEach(() => holder.cloud?.client.close());
  return {
    get it() {
      if (holder.cloud === undefined) throw new Error("only within a test");
      return holder.cloud;
    },
  };
}

export class TestCloud extends CloudClient<Short> {
  constructor(client: ProviderClient, folder: string) {
    super(client, folder, OPENSTACK, WORLD);
  }

  override token(short: Short): string {
    return TOKENS[short];
  }

  /** Network, subnet, and a port in it. */
  async base(): Promise<{ network: Created; subnet: Created; port: Created }> {
    const network = await this.create("network", { name: "net" });
    const subnet = await this.create("subnet", { networkId: network.id, cidr: "10.0.0.0/24" });
    const port = await this.create("port", { networkId: network.id, fixedIps: [{ subnetId: subnet.id, ipAddress: "10.0.0.10" }] });
    return { network, subnet, port };
  }

  /** The inputs of an instance on a port. */
  machine(port: Created): Properties {
    return {
      flavorName: "m1.large",
      availabilityZone: "az-1",
      networks: [{ port: port.id }],
      imageName: "ubuntu-22.04",
      userData: "#cloud-config canary",
    };
  }

  /** Changes the file of an object, as a person would. */
  edit(kind: string, change: (object: Record<string, unknown>) => void): void {
    const folder = join(this.folder, "openstack", kind);
    const path = join(folder, readdirSync(folder)[0] ?? "");
    const object = JSON.parse(readFileSync(path, "utf8"));
    change(object);
    writeFileSync(path, JSON.stringify(object));
  }

  /** Everything in the files. */
  content(): string {
    const files = readdirSync(join(this.folder, "openstack"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join("\n");
  }
}
