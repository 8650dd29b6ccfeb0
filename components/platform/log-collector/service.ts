import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const logCollector = defineService({
  name: "logCollector",
  title: "Log collector",
  about: "reads on every node what the pods there print, and sends it to Logging (Alloy)",
  when: ({ platform }) => platform.services.some(({ name }) => name === "logging"),
  field: "platform.services.logging",
  replicas: 1,
  stays: "every node has logs, and each of its pods reads those of its own",
  needs: { logs: () => ({}) },
  wants: {
    scrape: () => ({ targets: { alloy: { pods: { "app.kubernetes.io/name": "alloy" }, port: 12345 } } }),
  },
  speaks: { 12345: MEASURED_OPENLY },
  calls: ["kubernetes"],
  create: (name, { common, granted, environment }, opts) => {
    const { LogCollector } = require("./log-collector") as typeof import("./log-collector");
    const journal = environment.services.find(({ name }) => name === "logging")?.options?.journal === true;
    return new LogCollector(name, { ...common, logs: granted.logs, journal }, opts);
  },
});
