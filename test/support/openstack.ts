import assert from "node:assert/strict";
import type { Output } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { EnvironmentPlan } from "../../model/plan/types";
import { OpenStackInfrastructure } from "../../providers/openstack/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";

/** Where services are, by their types. */
export const PLACES = {
  identity: "https://identity:5000/v3",
  compute: "https://cloud/compute/v2.1",
  network: "https://network:9696",
  volumev3: "https://volumes:8776/v3/p",
  "load-balancer": "https://balancers:9876",
};

/** The catalogue as the login sees it. */
export const catalogue = (places: Readonly<Record<string, string>>, region = "") => ({
  "openstack:identity/getAuthScope:getAuthScope": () => ({
    roles: [],
    region,
    serviceCatalogs: Object.entries(places).map(([type, url]) => ({
      type,
      endpoints: [
        { interface: "admin", region: "RegionOne", url: "https://admin" },
        { interface: "public", region: "other", url: "https://other" },
        { interface: "public", region: "RegionOne", url },
      ],
    })),
  }),
});

/** The same, of a cloud that has all that its parts in the cluster ask for. */
export const IDENTITY = catalogue(PLACES);

/** What an OpenStack infrastructure named seoul registers for a plan. */
export function build(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new OpenStackInfrastructure("seoul", { plan, secrets }), options);
}

/** The infrastructure that {@link build} registered. */
export function built(g: Graph): OpenStackInfrastructure {
  assert.ok(g.result instanceof OpenStackInfrastructure);
  return g.result;
}

/** What an output becomes. */
export function value<T>(from: Output<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve) => (from === undefined ? resolve(undefined) : from.apply(resolve)));
}

/** The resources of a type, e.g. `SecGroupRule`. */
export function ofType(g: Graph, type: string): Graph["resources"] {
  return g.resources.filter((resource) => resource.type.endsWith(`:${type}`));
}
