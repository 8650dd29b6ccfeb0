import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { VSPHERE } from "../../../sandbox/vsphere/cloud";
import { CloudClient, type Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

/** Tokens by short name. */
export const TOKENS = {
  machine: "vsphere:index/virtualMachine:VirtualMachine",
  folder: "vsphere:index/folder:Folder",
  pool: "vsphere:index/resourcePool:ResourcePool",
  disk: "vsphere:index/virtualDisk:VirtualDisk",
  rule: "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule",
  category: "vsphere:index/tagCategory:TagCategory",
  tag: "vsphere:index/tag:Tag",
} as const;

export type Short = keyof typeof TOKENS;

const WORLD = {
  ...{ datacenters: ["Seoul"], clusters: ["Cluster"], resourcePools: [], datastores: ["datastore1"], networks: ["VM Network"] },
  ...{ folders: [], templates: ["ubuntu-22.04"], full: [], withoutDrs: [] },
  ...{ storagePolicies: ["gold"], tagCategories: ["k8s-zone"], tags: ["k8s-zone/az-1"], withoutPrivilege: [] },
};

/** A simulated vCenter spoken to over gRPC; a new one for each test. */
export function vcenterUnderTest(): { readonly it: TestVCenter } {
  const folder = temporaryFolders();
  const holder: { vcenter?: TestVCenter } = {};
  beforeEach(async () => {
    const world = folder();
    const vcenter = new TestVCenter(await ProviderClient.serve(createCloudProvider(VSPHERE, world)), world);
    vcenter.world({});
    holder.vcenter = vcenter;
  });
  afterEach(() => holder.vcenter?.client.close());
  return {
    get it() {
      if (holder.vcenter === undefined) throw new Error("only within a test");
      return holder.vcenter;
    },
  };
}

export class TestVCenter extends CloudClient<Short> {
  constructor(client: ProviderClient, folder: string) {
    super(client, folder, VSPHERE, WORLD);
  }

  override token(short: Short): string {
    return TOKENS[short];
  }

  /** Checks, and changes these inputs. */
  async update(created: Created, change: Properties): Promise<Created> {
    const news = { ...created.inputs, ...change };
    const { properties } = await this.client.update(created, { oldInputs: created.inputs, olds: created.properties, news });
    return { ...created, inputs: news, properties };
  }

  private async id(lookup: string, args: Properties): Promise<Properties> {
    return (await this.client.invoke(`vsphere:index/${lookup}:${lookup}`, args)).properties;
  }

  /** The inputs of a machine in a pool and a folder that are there, by what vCenter answers. */
  async machine(over: Properties = {}): Promise<Properties> {
    const { resourcePoolId } = await this.id("getComputeCluster", { name: "Cluster" });
    const { id: datastoreId } = await this.id("getDatastore", { name: "datastore1" });
    const { id: networkId } = await this.id("getNetwork", { name: "VM Network" });
    const { id: templateUuid, guestId, firmware, scsiType } = await this.id("getVirtualMachine", { name: "ubuntu-22.04" });
    return {
      ...{ name: "seoul-cp-1", folder: "seoul", resourcePoolId, datastoreId, guestId, firmware, scsiType, numCpus: 4, memory: 8192 },
      ...{ clone: { templateUuid }, networkInterfaces: [{ networkId, adapterType: "vmxnet3" }] },
      disks: [{ label: "boot disk", unitNumber: 0, size: 40, thinProvisioned: true }],
      extraConfig: { "guestinfo.metadata": told("10.20.0.3"), "guestinfo.metadata.encoding": "base64" },
      ...over,
    };
  }

  /** A disk that is no machine's own, and how one attaches it. */
  async volume(): Promise<{ readonly disk: Created; readonly attached: Properties }> {
    const disk = await this.create("disk", {
      datastore: "datastore1",
      vmdkPath: "kpaas-seoul/a.osd.vmdk",
      size: 10,
      type: "thin",
      createDirectories: true,
    });
    const { id: datastoreId } = await this.id("getDatastore", { name: "datastore1" });
    return { disk, attached: { label: "osd", unitNumber: 3, attach: true, path: "kpaas-seoul/a.osd.vmdk", datastoreId } };
  }

  /** Everything in the files. */
  content(): string {
    const files = readdirSync(join(this.folder, "vsphere"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join("\n");
  }
}

/** What a guest is told that has this address. */
export function told(address: string): string {
  return Buffer.from(JSON.stringify({ network: { ethernets: { nodes: { addresses: [`${address}/16`] } } } })).toString("base64");
}
