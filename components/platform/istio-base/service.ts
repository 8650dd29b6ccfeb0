import { defineService } from "../define-service";

export const istioBase = defineService({
  name: "istioBase",
  title: "Istio's definitions",
  about: "the kinds of objects by which Istio is told what to do; it comes with Istio, and is left where Istio goes",
  when: ({ platform }) => platform.services.some(({ name }) => name === "istio"),
  field: "platform.services.istio",
  replicas: 1,
  offers: ["meshDefinitions"],
  calls: [],
  create: (name, { common }, opts) => {
    const { IstioBase } = require("./istio-base") as typeof import("./istio-base");
    return new IstioBase(name, common, opts);
  },
  grants: { meshDefinitions: () => ({}) },
});
