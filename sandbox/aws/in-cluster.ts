import type { SimulatedParts } from "../cloud/in-cluster";
import { text } from "../values";
import { COMPUTE } from "./compute";
import type { Aws } from "./names";

const VOLUME = COMPUTE["aws:ebs/volume:Volume"]!;

/** The driver of EBS volumes, as far as the cloud sees what it does. */
export const PARTS: SimulatedParts<Aws> = {
  volumes: {
    provisioner: "ebs.csi.aws.com",
    make(cloud, { uid, sizeGiB, retain, parameters }) {
      if (cloud.store.list("volume").some((one) => one.claim === uid)) return;
      const [availabilityZone = ""] = cloud.existing("zones");
      const asked = {
        availabilityZone,
        size: sizeGiB,
        type: text(parameters, "type"),
        encrypted: text(parameters, "encrypted") === "true",
      };
      cloud.store.put("volume", { ...VOLUME.create(cloud, asked), claim: uid, retain });
    },
    release(cloud, standing) {
      for (const one of cloud.store.list("volume"))
        if (typeof one.claim === "string" && one.retain !== true && !standing.has(one.claim)) cloud.store.delete("volume", one.id);
    },
  },
};
