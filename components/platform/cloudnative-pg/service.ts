import { defineService } from "../define-service";

export const cloudnativePg = defineService({
  name: "cloudnativePg",
  title: "CloudNativePG",
  about: "runs PostgreSQL on several members, and has another one lead when that is lost",
  replicas: "profile",
  offers: ["postgresOperator"],
  speaks: { 9443: "TLS" },
  // Whoever has a database of it has its members in a namespace of their own.
  calls: ["kubernetes", "pods"],
  create: (name, { common }, opts) => {
    const { CloudNativePg } = require("./cloudnative-pg") as typeof import("./cloudnative-pg");
    return new CloudNativePg(name, common, opts);
  },
  grants: { postgresOperator: ({ namespace }) => ({ namespace }) },
});
