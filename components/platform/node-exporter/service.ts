import { defineService } from "../define-service";

export const nodeExporter = defineService({
  name: "nodeExporter",
  title: "Node exporter",
  about: "says of every node how full and how busy it is, to Monitoring alone (Prometheus' node_exporter)",
  when: ({ platform }) => platform.services.some(({ name }) => name === "monitoring"),
  field: "platform.services.monitoring",
  replicas: 1,
  stays: "every node is measured, and each of its pods measures its own",
  wants: {
    scrape: () => ({
      targets: {
        node: {
          pods: { "app.kubernetes.io/name": "node-exporter" },
          port: 9100,
          serverName: "node-exporter.node-exporter.svc",
        },
      },
    }),
  },
  speaks: { 9100: "TLS" },
  calls: [],
  create: (name, { common, tls }, opts) => {
    const { NodeExporter } = require("./node-exporter") as typeof import("./node-exporter");
    return new NodeExporter(name, { ...common, ...(tls?.authority ? { authority: tls.authority } : {}) }, opts);
  },
});
