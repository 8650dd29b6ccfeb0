import type { LoadedEnvironment } from "../../files/load";
import type { ServicePlan } from "../../model/plan/types";
import { LOCK, PLAN } from "../cli/fixture";

const service = (name: string, version: string, more: Partial<ServicePlan>): ServicePlan => ({
  ...{ name, namespace: name, version, dependsOn: [], images: {}, replicas: 1 },
  ...more,
});

/**
 * An environment with the services that are backed up and those that use them.
 * @param postgresql how many members of PostgreSQL it has, with a service that uses it. @default it has none
 */
export function planWithServices(
  environment: string,
  { mariadb, openbao = "2.4.1", postgresql }: { mariadb: string; openbao?: string; postgresql?: number },
): LoadedEnvironment {
  const services = [
    service("mariadb", mariadb, { offers: ["mysql"], keeps: "data" }),
    service("keycloak", "26.4.0", { needs: { mysql: {} }, offers: ["identity"] }),
    service("openbao", openbao, { offers: ["secretEngine"], keeps: "data" }),
    service("portal", "1.7.0", { needs: { mysql: {}, identity: {} } }),
    ...(postgresql === undefined
      ? []
      : [
          service("postgresql", "17.11", { offers: ["postgres"], keeps: "data", replicas: postgresql }),
          service("sonarqube", "25.9", { needs: { postgres: {} } }),
        ]),
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
