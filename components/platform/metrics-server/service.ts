import { defineService, EVERY_PROFILE } from "../define-service";

export const metricsServer = defineService({
  name: "metricsServer",
  title: "metrics-server",
  about: "CPU and memory use of pods and nodes, for autoscaling and overviews",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  kubespray: ["metrics_server_*"],
});
