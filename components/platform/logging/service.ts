import { blockClass, defineService, keptData, namespacesOf } from "../define-service";
import { LOKI, POD, PORT } from "./names";

export const logging = defineService({
  name: "logging",
  title: "Logging",
  about: "keeps what programs of the cluster print for some days, and answers who asks for it (Loki)",
  options: (z) => ({
    retention: z
      .string()
      .regex(/^[1-9]\d{0,3}[dw]$/, "must be days or weeks, such as 7d")
      .optional()
      .describe("How long logs are kept: 7d, 4w. It takes no more of them than fit the volume (size) for so long. Default: 7d."),
    journal: z.boolean().optional().describe("Whether the nodes' own journals (kubelet, container runtime) are kept too. Default: false."),
  }),
  replicas: 1,
  single: { loki: "several of it want an object store between them, which the platform does not have" },
  keeps: "data",
  backup: {
    kind: "none",
    reason: "logs are of worth for the days that they are kept, and they come by themselves",
    remedy: "send what must be kept for longer to a place of its own, by the programs that print it or a collector of yours",
  },
  away: () => 60,
  needs: { storage: () => ({}) },
  wants: {
    scrape: () => ({ targets: { loki: { pods: POD, port: PORT, serverName: `${LOKI}.logging.svc` } } }),
  },
  offers: ["logs"],
  speaks: { 3100: "TLS" },
  calls: [],
  create: (name, { common, options, granted, claims, environment, tls }, opts) => {
    const { Logging } = require("./logging") as typeof import("./logging");
    return new Logging(
      name,
      {
        ...common,
        storageClass: blockClass(granted.storage),
        ...keptData(environment),
        clients: namespacesOf(claims.logs),
        ...(options.retention ? { retention: options.retention } : {}),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: { logs: ({ access }) => access },
});
