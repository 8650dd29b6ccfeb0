import { defineService } from "../define-service";
import { PROXY_SPEAKS } from "../mesh";
import { COLLECTOR, PORTS, WORKLOAD } from "./names";

export const tracing = defineService({
  name: "tracing",
  title: "Jaeger",
  about: "keeps how requests went through the mesh, the newest of them, in memory",
  options: (z) => ({
    percent: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe("Of how many requests in a hundred it is told, beside those whose caller asks for it by x-client-trace-id. Default: 1."),
    most: z.number().int().min(1).optional().describe("How many traces it keeps; older ones go. Default: 50000."),
  }),
  replicas: 1,
  single: { [WORKLOAD]: "what it keeps is in the memory of one pod, and none of it is missed by anybody while it restarts" },
  needs: {
    mesh: () => ({ mtls: "strict", collector: { name: COLLECTOR, service: "jaeger.tracing.svc.cluster.local", port: PORTS.otlp } }),
  },
  speaks: { ...PROXY_SPEAKS, [PORTS.otlp]: "TLS of the mesh: pods are met by its proxies only (mtls: strict)" },
  unscraped: "its proxy in the mesh asks it, and says it with its own",
  calls: [],
  create: (name, { common, granted, options }, opts) => {
    const { Tracing } = require("./tracing") as typeof import("./tracing");
    return new Tracing(name, { ...common, ...options, rootNamespace: granted.mesh.rootNamespace }, opts);
  },
});
