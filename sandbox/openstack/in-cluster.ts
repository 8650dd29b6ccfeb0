import { ApiError } from "../cloud/cloud";
import type { SimulatedParts } from "../cloud/in-cluster";
import type { Stored } from "../store";
import { text } from "../values";
import { createVolume } from "./blockstorage";
import { LOADBALANCER } from "./loadbalancer";
import type { OpenStack } from "./names";

const BALANCER = LOADBALANCER["openstack:loadbalancer/loadBalancer:LoadBalancer"]!;

/** OpenStack's controller for balancers and its driver of volumes, as far as the cloud sees what they do. */
export const PARTS: SimulatedParts<OpenStack> = {
  controller: {
    workload: "openstack-cloud-controller-manager",
    reads: { secret: "cloud-config", key: "cloud.conf" },
    balance(cloud, { uid, name, annotations, wanted }, settings) {
      const config = read(settings);
      login(cloud, config["application-credential-id"]);
      // Where all are internal by its configuration, no Service says otherwise.
      const internal = [annotations["service.beta.kubernetes.io/openstack-internal-load-balancer"], config["internal-lb"]].some(
        (said) => String(said) === "true",
      );
      const port = text(annotations, "loadbalancer.openstack.org/port-id");
      const named = text(annotations, "loadbalancer.openstack.org/load-balancer-id");
      // One that somebody else has made goes with whoever that is.
      const found = named === "" ? cloud.store.list("loadBalancer").find((one) => one.service === uid) : cloud.find("loadBalancer", named);
      if (named !== "" && internal) throw new ApiError(400, "internal Service cannot share a load balancer");
      const balancer = found ?? make();
      if (internal) return text(balancer, "vipAddress");
      const floating = cloud.store.list("floatingIp").find((one) => one.portId === balancer.vipPortId);
      // Its login may make none.
      if (floating === undefined)
        throw new ApiError(401, "Unauthorized: no access rule of the application credential matches POST /v2.0/floatingips");
      return text(floating, "address");

      function make(): Stored {
        const place = port === "" ? { vipSubnetId: config["subnet-id"] ?? "" } : { vipPortId: port };
        for (const [field, kind] of [
          ["vipSubnetId", "subnet"],
          ["vipPortId", "port"],
        ] as const)
          if (field in place) cloud.find(kind, text(place, field));
        const made = BALANCER.create(cloud, {
          ...place,
          name: `kube_service_${name}`,
          ...(internal && wanted !== undefined ? { vipAddress: wanted } : {}),
          loadbalancerProvider: config["lb-provider"] ?? "amphora",
        });
        const marked = { ...made, service: uid };
        cloud.store.put("loadBalancer", marked);
        return marked;
      }
    },
    release(cloud, standing) {
      for (const one of cloud.store.list("loadBalancer")) {
        if (typeof one.service !== "string" || standing.has(one.service)) continue;
        BALANCER.remove?.(cloud, one);
        cloud.store.delete("loadBalancer", one.id);
      }
    },
  },
  volumes: {
    provisioner: "cinder.csi.openstack.org",
    make(cloud, { uid, sizeGiB, retain, parameters }) {
      if (cloud.store.list("volume").some((one) => one.claim === uid)) return;
      const made = createVolume(cloud, {
        name: `pvc-${uid}`,
        size: sizeGiB,
        ...(text(parameters, "type") === "" ? {} : { volumeType: text(parameters, "type") }),
      });
      cloud.store.put("volume", { ...made, claim: uid, retain });
    },
    release(cloud, standing) {
      for (const one of cloud.store.list("volume"))
        if (typeof one.claim === "string" && one.retain !== true && !standing.has(one.claim)) cloud.store.delete("volume", one.id);
    },
  },
};

/** The values of a gcfg file, whatever section they are in. */
function read(settings: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...settings.matchAll(/^([\w-]+) = "(.*)"$/gm)].map(([, key = "", value = ""]) => [key, value]));
}

function login(cloud: OpenStack, id = ""): void {
  if (cloud.store.get("applicationCredential", id) === undefined)
    throw new ApiError(401, "The request you have made requires authentication.");
}
