import { defineService } from "../define-service";

export const cloudController = defineService({
  name: "cloudController",
  title: "the cloud's controller",
  about: "makes balancers of the cloud's for Services of type LoadBalancer",
  cloudPart: "controller",
  when: ({ platform }) => platform.controller,
  field: "platform.loadBalancer",
  replicas: 1,
  needs: { cloud: ({ inCluster }) => ({ part: "controller", metadata: inCluster.controller?.asksMetadata ?? false }) },
  offers: ["loadBalancer"],
  stays: "what may change something in the cloud runs on control planes",
  unscraped: "it is in the nodes' network, where the plan opens no port for it; that a Service has no address is seen at the Service",
  calls: ["kubernetes", "outside"],
  create: (name, { common, granted, environment }, opts) => {
    const { CloudController } = require("./cloud-controller") as typeof import("./cloud-controller");
    return new CloudController(name, { ...common, cloud: granted.cloud, environment }, opts);
  },
  grants: {
    loadBalancer: ({ annotations, outside, outsideAddress }) => ({
      kind: "cloud",
      annotations,
      ...(outside && { outside }),
      ...(outsideAddress && { outsideAddress }),
    }),
  },
});
