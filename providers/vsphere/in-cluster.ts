import type { CloudParts, Told } from "../../model/cloud-parts";
import type { Environment } from "../../model/environment/types";
import type { Flow } from "../../model/plan/infrastructure-types";
import { peerOf } from "../../model/plan/servers";
import type { EnvironmentPlan } from "../../model/plan/types";
import { gcfg } from "../gcfg";
import { vsphereOf, vsphereOptions } from "./plan";
import { CONFIG_FOLDER, CONFIG_SECRET, CONTROLLER, driverObjects, PROVISIONER } from "./storage-driver";
import { isDatastoreUrl } from "./volumes";

/** Names in what the infrastructure tells. */
export const TOLD = { password: "storagePassword", ca: "storageCa" } as const;

/** The driver of volumes, github.com/kubernetes-sigs/vsphere-csi-driver: vCenter's own storage for containers makes, attaches and deletes them. */
export const inCluster: CloudParts = {
  volumes: {
    objects: driverObjects,
    secret: { name: CONFIG_SECRET, data: driverConfig, readBy: [CONTROLLER] },
    flows: driverFlows,
    provisioner: PROVISIONER,
    parameters: (type): Readonly<Record<string, string>> => {
      if (type === undefined) return {};
      return isDatastoreUrl(type) ? { datastoreurl: type } : { storagepolicyname: type };
    },
  },
};

function driverFlows({ cloud }: Environment): Flow[] {
  const { server } = vsphereOptions(cloud);
  const reason = "vCenter, for vSphere's driver of volumes";
  return server === undefined ? [] : [{ from: "control-plane", to: peerOf(server), protocol: "tcp", ports: [443], reason }];
}

/** No cluster is named: the driver makes up a name of its own and keeps it, so that no two clusters of one vCenter take their volumes for each other's. */
function driverConfig(plan: EnvironmentPlan, told: Told): Record<string, string> {
  const { server = "", datacenter, storageDriver } = vsphereOf(plan);
  const ca = told[TOLD.ca];
  const config = gcfg({
    Global: {
      "cluster-distribution": "K-PaaS",
      // Of the two that read this, one does not look for it at the server.
      ...(ca === undefined ? {} : { "ca-file": `${CONFIG_FOLDER}/ca.pem` }),
    },
    [`VirtualCenter ${JSON.stringify(server)}`]: {
      user: storageDriver?.user,
      password: told[TOLD.password],
      port: "443",
      datacenters: datacenter,
    },
    ...(storageDriver?.zoneCategory === undefined ? {} : { Labels: { "topology-categories": storageDriver.zoneCategory } }),
  });
  return { "csi-vsphere.conf": config, ...(ca === undefined ? {} : { "ca.pem": ca }) };
}
