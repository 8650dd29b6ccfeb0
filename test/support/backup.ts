import { execFileSync } from "node:child_process";
import type { LoadedEnvironment } from "../../files/load";
import type { ServicePlan } from "../../model/plan/types";
import type { Doors } from "../../operate/doors";
import type { Operator } from "../../operate/operator";
import { LOCK, PLAN } from "../cli/fixture";
import { playedDoors } from "./doors";
import type { PlayedCluster } from "./played-cluster";

const service = (name: string, version: string, more: Partial<ServicePlan>): ServicePlan => ({
  ...{ name, namespace: name, version, dependsOn: [], images: {}, replicas: 1 },
  ...more,
});

/** What is planned otherwise, by service. */
export type PlanChanges = Readonly<Record<string, Partial<ServicePlan>>>;

/**
 * An environment with the services that are backed up and those that use them.
 * @param postgresql how many members of PostgreSQL it has, with a service that uses it. @default it has none
 */
export function planWithServices(
  environment: string,
  { mariadb, openbao = "2.4.1", postgresql, harbor }: { mariadb: string; openbao?: string; postgresql?: number; harbor?: string },
  changes: PlanChanges = {},
): LoadedEnvironment {
  const services = [
    service("mariadb", mariadb, { offers: ["mysql"], keeps: "data" }),
    service("keycloak", "26.4.0", { needs: { mysql: {} }, offers: ["identity"] }),
    service("openbao", openbao, { offers: ["secretEngine"], keeps: "data" }),
    ...(harbor === undefined ? [] : [service("harbor", harbor, { offers: ["registryProject"], keeps: "data" })]),
    service("portal", "1.7.0", { needs: { mysql: {}, identity: {}, ...(harbor === undefined ? {} : { registryProject: {} }) } }),
    ...(postgresql === undefined
      ? []
      : [
          service("postgresql", "17.11", { offers: ["postgres"], keeps: "data", replicas: postgresql }),
          service("sonarqube", "25.9", { needs: { postgres: {} } }),
        ]),
  ];
  const plan = { ...PLAN, environment, services: services.map((each) => ({ ...each, ...changes[each.name] })) };
  return {
    name: environment,
    file: `/work/environments/${environment}.yaml`,
    lockFile: `/work/environments/${environment}.lock.yaml`,
    problems: [],
    planned: { plan, lock: LOCK, lockState: "current", lockChanges: [], shipped: PLAN.cluster },
  };
}

/** Somebody who is asked nothing. */
export const OPERATOR: Operator = { asker: () => undefined, tell: () => undefined, run: (_job, work) => work({}) };

/** Doors to an environment whose cluster is played. @param postgresql how many members of PostgreSQL it has */
export function doorsTo(cluster: PlayedCluster, postgresql?: number, changes?: PlanChanges): Doors {
  const loaded = planWithServices("seoul", { mariadb: "12.0.2", ...(postgresql === undefined ? {} : { postgresql }) }, changes);
  const played = playedDoors({ loaded, result: undefined as never, loss: undefined as never, outputs: {} }, () => undefined);
  const withCluster = <T>(_target: unknown, _options: unknown, work: (api: typeof cluster.api) => Promise<T>) => work(cluster.api);
  return { ...played, engine: async () => ({ ...(await played.engine()), withCluster }) };
}

/** Makes the pair that backups are encrypted to. */
export function makePair(folder: string): void {
  const made = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=b -keyout key -out crt";
  execFileSync("openssl", made.split(" "), { cwd: folder, stdio: "pipe" });
}
