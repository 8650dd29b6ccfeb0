import { type ComponentResourceOptions, InputPropertyError, type ProviderResource } from "@pulumi/pulumi";
import type { InfrastructureArgs } from "../components/infrastructure";
import { ownOptions, providerIn } from "../components/options";
import type { CloudPlan, EnvironmentPlan } from "../model/plan/types";

/** What a cloud's infrastructure is made from, looked at. */
export interface OwnArguments<Plan extends CloudPlan> {
  readonly options: ComponentResourceOptions;
  readonly plan: EnvironmentPlan;
  /** The part of the plan that is the cloud's own. */
  readonly cloud: Plan;
  /** The provider among the options. */
  readonly given: ProviderResource | undefined;
}

/**
 * Looks at what a cloud's infrastructure is to be made from.
 * @param packageName the provider's package
 * @throws InputPropertyError for a plan of another cloud, or a provider beside credentials
 */
export function ownArguments<Plan extends CloudPlan>(
  packageName: string,
  title: string,
  isOurs: (cloud: CloudPlan) => cloud is Plan,
  args: InfrastructureArgs,
  opts: ComponentResourceOptions | undefined,
): OwnArguments<Plan> {
  const { options, protectsData } = ownOptions(opts);
  const plan = protectsData ? { ...args.plan, protectData: true } : args.plan;
  const { cloud } = plan;
  if (!isOurs(cloud)) throw new InputPropertyError({ propertyPath: "plan.cloud", reason: `is that of ${cloud.provider}, not ${title}'s` });
  const given = providerIn(packageName, opts);
  if (given !== undefined && args.secrets.credentials !== undefined) {
    throw new InputPropertyError({
      propertyPath: "infrastructure.credentials",
      reason: `are given, and an ${packageName} provider among the options too, which has its own: leave one of the two out`,
    });
  }
  return { options, plan, cloud, given };
}
