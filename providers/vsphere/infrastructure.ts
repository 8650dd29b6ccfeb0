import { ComponentResource, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs, InfrastructureMachine, SshAccess, ToldOutputs } from "../../components/infrastructure";
import { infrastructureType } from "../../model/type-tokens";
import { loginKeyOf } from "../machines/login-key";
import { accessTo, reachedMachines } from "../machines/reached";
import { ownArguments } from "../own-arguments";
import { createProvider } from "./access";
import { createMachines, createRules } from "./machines";
import { createPlacement, createTags } from "./placement";
import { isVSphere } from "./plan";
import type { Scope } from "./scope";
import { surveyCloud } from "./survey";
import { toldBy } from "./told";

/** What a vSphere infrastructure is made from: a plan whose cloud is vSphere. */
export type VSphereInfrastructureArgs = InfrastructureArgs;

/**
 * An environment's machines, volumes, folder, resource pools, rules and tags on vSphere. The network is there, and the addresses in it are told
 * to each machine.
 *
 * Identity is the machine's key: adding, removing or rebuilding one machine touches its own resources and its group's rule only. A raised
 * generation gives the new machine first; the old one goes after everything that depends on it has moved.
 */
export class VSphereInfrastructure extends ComponentResource implements Infrastructure {
  declare readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  declare readonly ssh: SshAccess;
  declare readonly last: readonly Resource[];
  declare readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  declare readonly checked: Promise<void>;
  declare readonly told?: ToldOutputs;

  /**
   * @param opts a vsphere provider among them takes the place of credentials, and of the component's own provider
   * @throws InputPropertyError for a plan of another cloud, an SSH key of which one half is missing, or a provider beside credentials.
   */
  constructor(name: string, args: VSphereInfrastructureArgs, opts?: ComponentResourceOptions) {
    const { options, plan, cloud: vsphere, given } = ownArguments("vsphere", "vSphere", isVSphere, args, opts);
    const { secrets } = args;
    super(infrastructureType("vsphere"), name, { environment: plan.environment }, options);

    const provider = given ?? createProvider(this, name, vsphere, secrets.credentials);
    const bare = { parent: this, name, plan, vsphere, provider };
    const survey = surveyCloud(bare, args.standing, args.onChecked);
    const scope: Scope = { ...bare, survey };
    this.checked = survey.passed;
    const { privateKey, publicKey } = loginKeyOf(this, name, plan.access.ssh, secrets);
    const tags = createTags(scope);
    const machines = createMachines({ scope, placement: createPlacement(scope, tags), tags, publicKey });
    const rules = createRules(scope, machines);

    this.machines = reachedMachines(plan, machines, undefined);
    this.ssh = accessTo(plan, this.machines, machines, privateKey);
    this.apiEndpoint = { address: output(plan.apiEndpoint.address) };
    const told = toldBy(secrets.cloud);
    if (told !== undefined) this.told = told;
    this.last = [...Object.values(machines).map(({ resource }) => resource), ...rules];
    // Of the machines the state has enough already: in a large environment they would be a part of all that every step writes.
    this.registerOutputs({ apiEndpoint: this.apiEndpoint });
  }
}
