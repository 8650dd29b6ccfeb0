import { ApiError } from "../cloud/cloud";
import { isMap, maps, number, text, texts } from "../values";
import { lead, leadsTo, refuseInside, refuseUse } from "./addresses";
import { idOf, inUse, labelled, linked, made, placed, type Types, typeOf } from "./names";

/** Passthrough balancers: checks, services over groups, and the rules that lead to these. */
export const BALANCING: Types = {
  ...typeOf("gcp:compute/regionHealthCheck:RegionHealthCheck", {
    kind: "healthCheck",
    defaults: { checkIntervalSec: 5, timeoutSec: 5, healthyThreshold: 2, unhealthyThreshold: 2 },
    unread: ["deletionPolicy"],
    outputs: ["creationTimestamp", "healthCheckId", "selfLink", "type"],
    references: {},
    check(inputs) {
      const [interval, timeout] = [number(inputs, "checkIntervalSec") ?? 5, number(inputs, "timeoutSec") ?? 5];
      const kinds = Object.keys(inputs).filter((key) => /HealthCheck$/.test(key) && inputs[key] !== undefined);
      return [
        ...(kinds.length === 1 ? [] : [{ property: "httpsHealthCheck", reason: "exactly one kind of health check must be given" }]),
        ...(timeout > interval ? [{ property: "timeoutSec", reason: `${timeout} is larger than checkIntervalSec, ${interval}` }] : []),
      ];
    },
    create: (cloud, inputs) => made(cloud, "healthCheck", inputs, placed(inputs, "regions", "healthChecks")),
    remove(cloud, { id }) {
      const service = cloud.store.list("backendService").find((each) => idOf(text(each, "healthChecks")) === id);
      if (service !== undefined) throw inUse(id, service.id);
    },
  }),

  ...typeOf("gcp:compute/regionBackendService:RegionBackendService", {
    kind: "backendService",
    defaults: { loadBalancingScheme: "INTERNAL", connectionDrainingTimeoutSec: 0 },
    oneOf: {
      loadBalancingScheme: ["EXTERNAL", "EXTERNAL_MANAGED", "EXTERNAL_PASSTHROUGH", "INTERNAL", "INTERNAL_MANAGED"],
      protocol: ["HTTP", "HTTPS", "HTTP2", "H2C", "TCP", "SSL", "UDP", "GRPC", "UNSPECIFIED"],
      sessionAffinity: [
        "NONE",
        "CLIENT_IP",
        "CLIENT_IP_PORT_PROTO",
        "CLIENT_IP_PROTO",
        "GENERATED_COOKIE",
        "HEADER_FIELD",
        "HTTP_COOKIE",
        "CLIENT_IP_NO_DESTINATION",
        "STRONG_COOKIE_AFFINITY",
      ],
    },
    sets: ["backends"],
    unread: ["deletionPolicy"],
    outputs: ["creationTimestamp", "fingerprint", "generatedId", "selfLink"],
    references: { network: "network", healthChecks: "healthCheck" },
    create(cloud, inputs) {
      refuseBackends(cloud, inputs);
      return made(cloud, "backendService", { protocol: "TCP", ...inputs }, placed(inputs, "regions", "backendServices"));
    },
    update(cloud, object, inputs) {
      refuseBackends(cloud, inputs);
      cloud.store.put("backendService", { ...object, ...inputs, id: object.id });
      lead(cloud);
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, { id }) {
      const rule = cloud.store.list("loadBalancer").find((each) => idOf(text(each, "backendService")) === id);
      if (rule !== undefined) throw inUse(id, rule.id);
    },
  }),

  ...typeOf("gcp:compute/forwardingRule:ForwardingRule", {
    kind: "loadBalancer",
    defaults: { loadBalancingScheme: "EXTERNAL" },
    oneOf: {
      loadBalancingScheme: ["EXTERNAL", "EXTERNAL_MANAGED", "EXTERNAL_PASSTHROUGH", "INTERNAL", "INTERNAL_MANAGED"],
      ipProtocol: ["TCP", "UDP", "ESP", "AH", "SCTP", "ICMP", "L3_DEFAULT"],
    },
    sets: ["ports"],
    unread: ["deletionPolicy", "recreateClosedPsc"],
    outputs: [
      ...["baseForwardingRule", "creationTimestamp", "effectiveLabels", "forwardingRuleId", "labelFingerprint", "pscConnectionId"],
      ...["pscConnectionStatus", "pulumiLabels", "selfLink", "serviceName"],
    ],
    secrets: ["effectiveLabels", "pulumiLabels"],
    references: { network: "network", subnetwork: "subnetwork" },
    create(cloud, inputs) {
      const service = linked(cloud, "backendService", text(inputs, "backendService"));
      const internal = inputs.loadBalancingScheme === "INTERNAL";
      if (service.loadBalancingScheme !== inputs.loadBalancingScheme)
        throw new ApiError(
          "Error 400",
          "Invalid value for field 'resource.loadBalancingScheme': it must be that of the backend service., invalid",
        );
      if (internal && inputs.subnetwork === undefined)
        throw new ApiError(
          "Error 400",
          "Invalid value for field 'resource.subnetwork': must be given for an internal forwarding rule., invalid",
        );
      if (!internal && inputs.subnetwork !== undefined)
        throw new ApiError(
          "Error 400",
          "Invalid value for field 'resource.subnetwork': must not be given for an external forwarding rule., invalid",
        );
      const ports = texts(inputs, "ports");
      if (ports.length > 5)
        throw new ApiError("Error 400", "Invalid value for field 'resource.ports': at most 5 ports may be given., invalid");
      if (ports.length === 0 && inputs.allPorts !== true)
        throw new ApiError("Error 400", "Invalid value for field 'resource.ports': ports or all ports must be given., invalid");
      const where = placed(inputs, "regions", "forwardingRules");
      const address = text(inputs, "ipAddress");
      if (internal) refuseInside(linked(cloud, "subnetwork", text(inputs, "subnetwork")), address);
      refuseUse(cloud, address, where.id, !internal);
      const rule = made(cloud, "loadBalancer", { ...inputs, outside: internal ? [] : [address] }, where);
      return { ...rule, leadsTo: leadsTo(cloud, rule) };
    },
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, ...labelled(inputs), id: object.id }),
  }),
};

function refuseBackends(cloud: Parameters<typeof linked>[0], inputs: Parameters<typeof maps>[0]): void {
  const internal = inputs.loadBalancingScheme === "INTERNAL";
  for (const backend of maps(inputs, "backends")) {
    const group = linked(cloud, "instanceGroup", text(backend, "group"));
    if (backend.balancingMode !== "CONNECTION")
      throw new ApiError(
        "Error 400",
        "Invalid value for field 'resource.backends[0].balancingMode': must be CONNECTION for a passthrough balancer., invalid",
      );
    if (internal && inputs.network !== undefined && idOf(text(group, "network")) !== idOf(text(inputs, "network")))
      throw new ApiError("Error 400", `Instance group ${group.id} is in another network than the backend service., invalid`);
  }
  if (isMap(inputs.healthChecks) || text(inputs, "healthChecks") === "")
    throw new ApiError("Error 400", "Invalid value for field 'resource.healthChecks': exactly one health check must be given., invalid");
}
