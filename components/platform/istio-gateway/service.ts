import { kebab, MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";
import { PROXY_SPEAKS } from "../mesh";
import { GATEWAY_LABELS } from "./names";

/** The name of a host's Gateway. */
const gatewayOf = (host: string): string => host.replaceAll(".", "-");

export const istioGateway = defineService({
  name: "istioGateway",
  title: "Istio's gateway",
  about: "leads requests for hosts of the mesh from the platform's ingress to the pods that VirtualServices name",
  options: (z, { domain, label }) => ({
    hosts: z
      .record(domain("give a host name"), label("the namespace", 63))
      .optional()
      .describe(
        "Further host names, each with the namespace whose VirtualServices say where their requests go; they name the Gateway istio-ingress/HOST, with - for each dot. Default: those that services claim.",
      ),
  }),
  replicas: "profile",
  autoscaling: () => ({
    by: "chart",
    values: ({ minReplicas, maxReplicas, cpuPercent }) => ({
      autoscaling: { enabled: true, minReplicas, maxReplicas, targetCPUUtilizationPercentage: cpuPercent },
    }),
  }),
  needs: { mesh: () => ({ mtls: "strict" }), ingress: ({ host }) => ({ host }) },
  // The proxy's own page, which the mesh leads nobody's requests through.
  wants: {
    scrape: () => ({ targets: { proxy: { pods: { ...GATEWAY_LABELS }, port: 15090, path: "/stats/prometheus" } } }),
  },
  offers: ["meshHost"],
  speaks: { ...PROXY_SPEAKS, 8443: "TLS", 15090: MEASURED_OPENLY },
  calls: ["pods"],
  hosts: ({ hosts = {} }) => Object.fromEntries(Object.keys(hosts as object).map((host) => [`hosts.${host}`, host])),
  refuses: ({ hosts = {} }) => {
    const names = Object.keys(hosts as object);
    return names.flatMap((host, index) => {
      const first = names.slice(0, index).find((other) => gatewayOf(other) === gatewayOf(host));
      if (first === undefined) return [];
      const reason = `would have the Gateway ${gatewayOf(host)}, which is that of ${first}`;
      return [{ at: { field: `hosts.${host}` }, reason, remedy: "take one of the two out, or name it otherwise" }];
    });
  },
  create: (name, { common, options: { hosts = {} }, granted, claims, tls }, opts) => {
    const { IstioGateway } = require("./istio-gateway") as typeof import("./istio-gateway");
    const claimed = Object.entries(claims.meshHost).map(([service, claim]) => [kebab(service), claim]);
    const named = Object.entries(hosts).map(([host, namespace]) => [gatewayOf(host), { host, namespace }]);
    return new IstioGateway(
      name,
      {
        ...common,
        ingress: granted.ingress,
        trustDomain: granted.mesh.trustDomain,
        hosts: Object.fromEntries([...claimed, ...named]),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: {
    meshHost: ({ namespace, principal }, consumer) => ({ gateway: `${namespace}/${kebab(consumer)}`, namespace, principal }),
  },
});
