import assert from "node:assert/strict";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { openstackFirewall } from "./firewalls/openstack";
import { build } from "./openstack";
import { type FileContent, merge, samplePlan } from "./plan";
import { OUTSIDE, PROBES } from "./probes";
import { differences, type Extra, type Firewall, reaches } from "./reachability";

/** A cloud that is compared with OpenStack. */
export interface Compared {
  plan(profile: Profile, overrides: FileContent): EnvironmentPlan;
  firewall(plan: EnvironmentPlan): Promise<Firewall>;
  /** What the one lets through and the other does not, each with its reason. Nothing else may differ. */
  readonly extras: readonly Extra[];
  /** Who asks besides machines. */
  readonly ends?: Readonly<Record<string, string>>;
}

/**
 * The same environment on both: the same machines, and what passes on the one passes on the other, but for the extras.
 * @param own what the cloud alone has otherwise
 */
export async function passesAsOnOpenstack(
  { plan, firewall, extras, ends = OUTSIDE }: Compared,
  profile: Profile,
  overrides: FileContent,
  own: FileContent = {},
): Promise<void> {
  const openstack = samplePlan(profile, merge(overrides, { infrastructure: { zones: undefined } }));
  const cloud = plan(profile, merge(overrides, own));
  assert.deepEqual(
    openstack.machines.map(({ name, roles }) => [name, roles]),
    cloud.machines.map(({ name, roles }) => [name, roles]),
  );
  const balancer = openstack.apiEndpoint.kind === "loadBalancer" ? { balancer: openstack.apiEndpoint.address } : {};
  const theirs = reaches(openstackFirewall(await build(openstack), balancer), ends, PROBES);
  assert.deepEqual(differences(theirs, reaches(await firewall(cloud), ends, PROBES), extras), []);
}
