import { ApiError } from "../cloud/cloud";
import type { Balanced, SimulatedParts } from "../cloud/in-cluster";
import { isMap, text } from "../values";
import { BALANCING } from "./balancing";
import { COMPUTE } from "./compute";
import type { Aws } from "./names";

const VOLUME = COMPUTE["aws:ebs/volume:Volume"]!;
const BALANCER = BALANCING["aws:lb/loadBalancer:LoadBalancer"]!;

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";

/** The controller for balancers and the driver of EBS volumes, as far as the cloud sees what they do. */
export const PARTS: SimulatedParts<Aws> = {
  controller: {
    workload: "aws-cloud-controller-manager",
    reads: { secret: "cloud-config", key: "cloud.conf" },
    balance(cloud, service, settings) {
      const cluster = /^KubernetesClusterID = "(.+)"$/m.exec(settings)?.[1];
      if (cluster === undefined) throw new ApiError("Unconfigured", "AWS cloud failed to find ClusterID");
      const found = cloud.store.list("loadBalancer").find((one) => one.service === service.uid);
      const balancer = found ?? { ...BALANCER.create(cloud, balancerFor(cloud, service, cluster)), service: service.uid };
      // Machines that it cannot find by what their nodes bear it leaves out.
      const leadsTo = service.machines.map((each) => each.slice(each.lastIndexOf("/") + 1)).filter((id) => cloud.has("instance", id));
      cloud.store.put("loadBalancer", { ...balancer, leadsTo });
      return text(balancer, "dnsName");
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

/** What it asks of AWS for a Service. */
function balancerFor(cloud: Aws, { uid, name, annotations, wanted }: Balanced, cluster: string) {
  const said = (what: string): string => text(annotations, `${ANNOTATION}${what}`);
  if (wanted !== undefined) throw new ApiError("Unsupported", "LoadBalancerIP cannot be specified for AWS ELB");
  // Without the annotation it would be a classic balancer with a group of its own.
  if (said("type") !== "nlb") throw unauthorized("ec2:CreateSecurityGroup");
  const internal = !["", "false"].includes(said("internal"));
  if (!internal && onlyInside(cloud, cluster)) throw unauthorized("elasticloadbalancing:CreateLoadBalancer");
  const subnets = said("subnets") === "" ? found(cloud, cluster, internal) : said("subnets").split(",");
  if (subnets.length === 0) throw new ApiError("Unsupported", "could not find any suitable subnets for creating the ELB");
  const allocations = said("eip-allocations") === "" ? [] : said("eip-allocations").split(",");
  if (allocations.length > 0 && allocations.length !== subnets.length)
    throw new ApiError(
      "Unsupported",
      `error creating load balancer: Must have same number of EIP AllocationIDs (${allocations.length}) and SubnetIDs (${subnets.length})`,
    );
  return {
    name: `a${uid.replaceAll("-", "")}`.slice(0, 32),
    loadBalancerType: "network",
    internal,
    subnetMappings: subnets.map((subnetId, index) => ({
      subnetId,
      ...(allocations[index] === undefined ? {} : { allocationId: allocations[index] }),
    })),
    tags: { [`kubernetes.io/cluster/${cluster}`]: "owned", "kubernetes.io/service-name": name },
  };
}

/** The cluster's subnets of a kind, one in each zone. */
function found(cloud: Aws, cluster: string, internal: boolean): string[] {
  const role = `kubernetes.io/role/${internal ? "internal-elb" : "elb"}`;
  return cloud.store
    .list("subnet")
    .filter(({ tags }) => isMap(tags) && `kubernetes.io/cluster/${cluster}` in tags && role in tags)
    .map(({ id }) => id);
}

/** Whether the policy of the control planes allows no balancer that is met from outside. */
function onlyInside(cloud: Aws, cluster: string): boolean {
  const policies = cloud.store.list("rolePolicy").map((each) => text(each, "policy"));
  const own = policies.filter((each) => each.includes(`kubernetes.io/cluster/${cluster}"`));
  return own.some((each) => each.includes('"elasticloadbalancing:Scheme":"internal"'));
}

function unauthorized(action: string): ApiError {
  return new ApiError(
    "AccessDenied",
    `User is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  );
}
