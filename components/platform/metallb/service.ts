import { defineService } from "../define-service";

const members = { from: "nodes", to: "nodes", ports: [7946], reason: "MetalLB members among each other" } as const;

export const metallb = defineService({
  name: "metallb",
  title: "MetalLB",
  about: "gives Services of type LoadBalancer addresses of the node network",
  when: ({ platform }) => platform.loadBalancer === "metallb",
  field: "platform.loadBalancer",
  replicas: 1,
  single: {
    "metallb-controller": "it hands out addresses; those that are handed out hold without it",
  },
  offers: ["loadBalancer"],
  flows: [
    { ...members, protocol: "tcp" },
    { ...members, protocol: "udp" },
  ],
  kubespray: ["metallb_*", "matallb_*"],
  speaks: { 9443: "TLS" },
  unscraped: "its speakers are in the nodes' network, where the plan opens no port; that a Service has no address is seen at the Service",
  calls: ["kubernetes"],
  create: (name, { common, environment }, opts) => {
    const { MetalLb } = require("./metallb") as typeof import("./metallb");
    const { loadBalancer, ingress } = environment.platform;
    if (loadBalancer.kind !== "metallb") throw new Error("The plan has the service metallb, but platform.loadBalancer.kind is cloud.");
    const taints = environment.services.flatMap(({ needs = {}, tolerations = [] }) => ("loadBalancer" in needs ? tolerations : []));
    return new MetalLb(
      name,
      { ...common, range: loadBalancer.range, reserved: loadBalancer.reserved, ingressAddress: ingress.address, taints },
      opts,
    );
  },
  grants: { loadBalancer: () => ({ kind: "metallb" }) },
});
