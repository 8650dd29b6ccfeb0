import { defineService } from "../define-service";

export const gatewayApi = defineService({
  name: "gatewayApi",
  title: "Gateway API",
  about: "the definitions of gateways and routes; where Traefik runs, it serves them",
  replicas: 1,
  offers: ["gateways"],
  notBeside: ["gateway_api_enabled"],
  calls: [],
  create: (name, { common }, opts) => {
    const { GatewayApi } = require("./gateway-api") as typeof import("./gateway-api");
    return new GatewayApi(name, common, opts);
  },
  grants: { gateways: () => ({}) },
});
