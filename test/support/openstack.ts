import assert from "node:assert/strict";
import type { Output } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { EnvironmentPlan } from "../../model/plan/types";
import { OpenStackInfrastructure } from "../../providers/openstack/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";

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
