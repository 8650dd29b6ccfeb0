import { imageOf } from "../../objects";
import { text, type Workload } from "../programs";
import { LOOK, rule } from "../rule";
import { NOTHING_TOLD, type Part } from "./part";
import { ASKS_FIRST, screenOf, type WebApp, webApp } from "./web-app";

/** What its objects are called. */
const NAMES = { controller: "tensorboard-controller", web: "tensorboards-web-app" } as const;

const PORTS = { health: 8081 } as const;

/** Makes a Deployment, a Service and a VirtualService of each TensorBoard. */
const controller: (gateway: string) => Workload = (gateway) => ({
  name: NAMES.controller,
  token: true,
  programs: [
    {
      name: "manager",
      image: "tensorboardController",
      command: ["/manager"],
      args: () => ["--metrics-bind-address=0"],
      env: (plan) =>
        text({
          ...{ TENSORBOARD_IMAGE: imageOf(plan, "tensorboardShown"), ISTIO_GATEWAY: gateway, ISTIO_HOST: plan.host ?? "" },
          // A volume that one node alone can have is shown there.
          RWO_PVC_SCHEDULING: "true",
        }),
      ports: { health: PORTS.health },
      mounts: {},
      health: { page: "/readyz", port: PORTS.health },
    },
  ],
});

const WEB: WebApp = { name: NAMES.web, image: "tensorboardWeb", path: "/tensorboards" };

const GROUP = "tensorboard.kubeflow.org";

/** Logs of trainings on a profile's volume, shown by a pod that owner and editors meet, as they meet notebooks. */
export const tensorboard: Part = {
  definitions: [
    { group: GROUP, version: "v1alpha1", kind: "Tensorboard", singular: "tensorboard", plural: "tensorboards", reported: true },
  ],
  workloads: ({ gateway }) => [controller(gateway.gateway), webApp(WEB)],
  screen: screenOf(WEB),
  links: { menu: { type: "item", icon: "assessment", link: "/tensorboards/", text: "TensorBoards" } },
  rights: {
    everywhere: {
      [NAMES.controller]: [
        rule(GROUP, "tensorboards", LOOK),
        rule("apps", "deployments", LOOK),
        rule("", "services pods persistentvolumeclaims", LOOK),
        rule("networking.istio.io", "virtualservices", LOOK),
      ],
      [NAMES.web]: [ASKS_FIRST],
    },
    profiles: {
      [NAMES.controller]: [
        rule(GROUP, "tensorboards/status tensorboards/finalizers", "get update patch"),
        rule("apps", "deployments", "create update"),
        rule("", "services", "create update"),
        rule("networking.istio.io", "virtualservices", "create update"),
      ],
      [NAMES.web]: [
        rule(GROUP, "tensorboards", "get list create delete"),
        rule("", "persistentvolumeclaims", "get list"),
        rule("kubeflow.org", "poddefaults", "get list"),
      ],
    },
  },
  users: {
    sees: [rule(GROUP, "tensorboards", LOOK)],
    works: [rule(GROUP, "tensorboards", "create delete")],
  },
  told: () => NOTHING_TOLD,
};
