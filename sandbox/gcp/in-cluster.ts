import { volumePrefix } from "../../providers/gcp/names";
import { ApiError } from "../cloud/cloud";
import type { SimulatedParts } from "../cloud/in-cluster";
import { isMap, text } from "../values";
import { CONTROLLER } from "./balancers";
import { COMPUTE } from "./compute";
import type { Gcp } from "./names";
import { refuseWithout } from "./rights";

const DISK = COMPUTE["gcp:compute/disk:Disk"]!;

/** The controller for balancers, and the driver of persistent disks, as far as the cloud sees what it does. */
export const PARTS: SimulatedParts<Gcp> = {
  controller: CONTROLLER,
  volumes: {
    provisioner: "pd.csi.storage.gke.io",
    make(cloud, { uid, sizeGiB, retain, parameters }) {
      if (cloud.store.list("disk").some((one) => one.claim === uid)) return;
      const [machine] = cloud.store.list("instance");
      if (machine === undefined) throw new Error("the simulated cluster has no machine on GCP");
      const environment = isMap(machine.labels) ? text(machine.labels, "kpaas-environment") : "";
      const labels = { "kpaas-environment": environment };
      const name = `${volumePrefix({ environment })}-${uid}`;
      refuseWithout(cloud, "compute.disks.create", "disks", name);
      const asked = { project: machine.project, zone: machine.zone, name, size: sizeGiB, type: text(parameters, "type"), labels };
      if (!DISK.oneOf?.type?.includes(asked.type))
        throw new ApiError("Error 400", `Invalid value for field 'resource.type': '${asked.type}'. Disk type was not found., invalid`);
      cloud.store.put("disk", { ...DISK.create(cloud, asked), claim: uid, retain });
    },
    release(cloud, standing) {
      for (const one of cloud.store.list("disk"))
        if (typeof one.claim === "string" && one.retain !== true && !standing.has(one.claim)) cloud.store.delete("disk", one.id);
    },
  },
};
