import type { Output } from "@pulumi/pulumi";
import { Environment, type EnvironmentArgs } from "../../stacks/environment";
import { gitea } from "../components/platform/own-service";

const infrastructure = { provider: "openstack" } as const;

/** Never run: what compiles, and what does not. */
export function types(): void {
  const asked = new Environment("a", {
    infrastructure,
    platform: { services: { keycloak: { selfRegistration: false }, metricsServer: false, gitea: true } },
    services: { gitea },
  });
  const url: Output<string> = asked.platform.services.keycloak.url;
  const site: Output<string> = asked.platform.services.gitea.site;
  // @ts-expect-error it was switched off: perhaps undefined
  asked.platform.services.metricsServer.urn;
  // @ts-expect-error it has no such output
  asked.platform.services.keycloak.uri;
  // @ts-expect-error there is no such service
  asked.platform.services.keyclock;
  const plain = new Environment("b", { infrastructure });
  // @ts-expect-error not asked for by name: perhaps undefined
  plain.platform.services.keycloak.url;
  const perhaps: Output<string> | undefined = plain.platform.services.keycloak?.url;
  // @ts-expect-error an unknown option, beside one that there is
  new Environment("c", { infrastructure, platform: { services: { keycloak: { replicas: 2, selfRegistratoin: false } } } });
  // @ts-expect-error a misspelt service, beside one that there is
  new Environment("d", { infrastructure, platform: { services: { keycloak: true, keyclock: true } } });
  // @ts-expect-error an option of another service
  new Environment("e", { infrastructure, platform: { services: { mariadb: { selfRegistration: true } } } });
  // @ts-expect-error a number of replicas is a number
  new Environment("f", { infrastructure, platform: { services: { keycloak: { replicas: "2" } } } });
  // @ts-expect-error an unknown option of the program's own service
  new Environment("g", { infrastructure, platform: { services: { gitea: { signUp: true } } }, services: { gitea } });
  // @ts-expect-error a service that nobody brings
  new Environment("h", { infrastructure, platform: { services: { gitea: true } } });
  const args: EnvironmentArgs = { infrastructure, platform: { services: { keycloak: true, mariadb: { size: 20 } } } };
  const loose = new Environment("i", args);
  // @ts-expect-error a variable may say anything
  loose.platform.services.keycloak.url;
  void [url, site, perhaps];
}
