import { defineService } from "../define-service";

export const chaosMesh = defineService({
  name: "chaosMesh",
  title: "Chaos Mesh",
  about: "tries out faults on the pods of namespaces that are annotated for it",
  replicas: "profile",
  single: {
    "chaos-dashboard": "its history is on a volume of one pod; what was begun ends without it",
    "chaos-dns-server": "it answers during experiments with names only",
  },
  // A workflow may ask those that it hurts how they are.
  calls: ["kubernetes", "pods"],
  create: (name, { common, environment }, opts) => {
    const { ChaosMesh } = require("./chaos-mesh") as typeof import("./chaos-mesh");
    const runtime = environment.cluster.variables.container_manager === "containerd" ? "containerd" : "crio";
    return new ChaosMesh(name, { ...common, runtime }, opts);
  },
});
