import assert from "node:assert/strict";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { EnvironmentPlan } from "../../model/plan/types";
import { VSphereInfrastructure } from "../../providers/vsphere/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";
import type { FileContent } from "./plan";

/** Laid over a sample environment's file, makes it one of vSphere. */
export const ON_VSPHERE: FileContent = {
  infrastructure: {
    provider: "vsphere",
    region: undefined,
    openstack: undefined,
    network: { cidr: "10.20.0.0/16", dns: ["10.0.0.2"] },
    vsphere: { server: "vcenter.example.org", datacenter: "Seoul" },
  },
};

/** The same for its pools' volumes, which have vSphere's types. */
export const VOLUMES: FileContent = { cluster: { pools: { general: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100 }] } } } };

/** What a vSphere infrastructure named seoul registers for a plan. */
export function build(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new VSphereInfrastructure("seoul", { plan, secrets }), { invokes: ANSWERS, ...options });
}

/** The infrastructure that {@link build} registered. */
export function built(g: Graph): VSphereInfrastructure {
  assert.ok(g.result instanceof VSphereInfrastructure);
  return g.result;
}

/** What a vCenter with all that is asked for answers. */
export const ANSWERS: NonNullable<GraphOptions["invokes"]> = {
  "vsphere:index/getComputeCluster:getComputeCluster": ({ name }) => ({
    id: `id of ${String(name)}`,
    resourcePoolId: `pool of ${String(name)}`,
  }),
  "vsphere:index/getVirtualMachine:getVirtualMachine": () => ({
    ...{ id: "4220a5a5-0000-4000-8000-000000000001", guestId: "ubuntu64Guest", firmware: "efi", scsiType: "pvscsi", hardwareVersion: 19 },
    ...{ disks: [{ size: 10, thinProvisioned: true }], networkInterfaceTypes: ["vmxnet3"] },
  }),
};
