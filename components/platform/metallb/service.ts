import { defineService } from "../define-service";

const members = { from: "nodes", to: "nodes", ports: [7946], reason: "MetalLB members among each other" } as const;

export const metallb = defineService({
  name: "metallb",
  title: "MetalLB",
  about: "Gives Services of type LoadBalancer addresses of the node network",
  when: () => true,
  field: "platform.loadBalancer",
  replicas: 1,
  offers: ["loadBalancer"],
  flows: [
    { ...members, protocol: "tcp" },
    { ...members, protocol: "udp" },
  ],
  kubespray: ["metallb_*", "matallb_*"],
});
