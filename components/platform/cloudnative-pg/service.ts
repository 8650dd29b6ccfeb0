import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const cloudnativePg = defineService({
  name: "cloudnativePg",
  title: "CloudNativePG",
  about: "runs PostgreSQL on several members, and has another one lead when that is lost",
  replicas: "profile",
  offers: ["postgresOperator"],
  wants: {
    scrape: () => ({ targets: { operator: { pods: { "app.kubernetes.io/name": "cloudnative-pg" }, port: 8080 } } }),
  },
  speaks: { 9443: "TLS", 8080: MEASURED_OPENLY },
  // Whoever has a database of it has its members in a namespace of their own.
  calls: ["kubernetes", "pods"],
  create: (name, { common }, opts) => {
    const { CloudNativePg } = require("./cloudnative-pg") as typeof import("./cloudnative-pg");
    return new CloudNativePg(name, common, opts);
  },
  grants: { postgresOperator: ({ namespace }) => ({ namespace }) },
});
