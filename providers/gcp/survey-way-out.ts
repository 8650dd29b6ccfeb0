import { getRouterNat } from "@pulumi/gcp/compute/getRouterNat";
import { getRouters } from "@pulumi/gcp/compute/getRouters";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { lastPart } from "./findable";
import { gcpName } from "./names";
import { type GcpPlan, placeOf } from "./plan";

/**
 * How machines get out of a network that is there: by its own NAT, which has to serve the subnet, or by ours, beside which there must be no other.
 * A file that says `nat: false` has another way out, and is taken at its word.
 */
export function askWayOut(plan: EnvironmentPlan, { project, region = "", nat }: GcpPlan, put: Put, options: InvokeOptions): void {
  const { existing } = plan.network;
  if (existing === undefined || nat === false) return;
  const path = "infrastructure.gcp.nat";
  const [network, subnet] = [placeOf(existing.network, project), placeOf(existing.subnet, project)];
  const place = { project: network.project, region };
  void put({
    path,
    what: "the network's NATs",
    ask: async () => {
      const { routers } = await getRouters(place, options);
      const nats = routers
        ?.filter((router) => lastPart(router.network) === network.name)
        .flatMap((router) =>
          (router.nats ?? []).map(({ name, sourceSubnetworkIpRangesToNat: serves }) => ({ router: router.name, name, serves })),
        );
      const others = nats?.filter(({ name }) => name !== gcpName(plan, "nat"));
      const serving = others?.map(async ({ router, name, serves }) => {
        if (serves !== "LIST_OF_SUBNETWORKS") return [`${name} of the router ${router}`];
        const { subnetworks } = await getRouterNat({ ...place, router, name }, options);
        return subnetworks?.some((each) => lastPart(each.name) === subnet.name) ? [`${name} of the router ${router}`] : [];
      });
      return serving && (await Promise.all(serving)).flat();
    },
    check: (serving): Finding | undefined => {
      if (serving === undefined || serving.length > 0 === (nat === undefined)) return undefined;
      return nat === true
        ? { path, value: "true", reason: `the subnet has a NAT already, ${serving.join(", ")}`, remedy: "take it out: that one is used" }
        : {
            path,
            reason: `no NAT of the network ${network.name} serves the subnet ${subnet.name}, so that machines would reach nothing outside`,
            remedy: "set it to true to have one made, or to false where the network has another way out",
          };
    },
    optional: true,
  });
}
