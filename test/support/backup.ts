import type { LoadedEnvironment } from "../../files/load";
import type { ServicePlan } from "../../model/plan/types";
import { LOCK, PLAN } from "../cli/fixture";

const service = (name: string, version: string, more: Partial<ServicePlan>): ServicePlan => ({
  ...{ name, namespace: name, version, dependsOn: [], images: {}, replicas: 1 },
  ...more,
});

/** An environment with the services that are backed up and those that use them. */
export function planWithServices(
  environment: string,
  { mariadb, openbao = "2.4.1", harbor }: { mariadb: string; openbao?: string; harbor?: string },
): LoadedEnvironment {
  const services = [
    service("mariadb", mariadb, { offers: ["mysql"], keeps: "data" }),
    service("keycloak", "26.4.0", { needs: { mysql: {} }, offers: ["identity"] }),
    service("openbao", openbao, { offers: ["secretEngine"], keeps: "data" }),
    ...(harbor === undefined ? [] : [service("harbor", harbor, { offers: ["registryProject"], keeps: "data" })]),
    service("portal", "1.7.0", { needs: { mysql: {}, identity: {}, ...(harbor === undefined ? {} : { registryProject: {} }) } }),
  ];
  const plan = { ...PLAN, environment, services };
  return {
    name: environment,
    file: `/work/environments/${environment}.yaml`,
    lockFile: `/work/environments/${environment}.lock.yaml`,
    problems: [],
    planned: { plan, lock: LOCK, lockState: "current", lockChanges: [], shipped: PLAN.cluster },
  };
}
