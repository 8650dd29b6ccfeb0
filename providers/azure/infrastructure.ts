import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { ComponentResource, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs, InfrastructureMachine, SshAccess, ToldOutputs } from "../../components/infrastructure";
import { infrastructureType } from "../../model/type-tokens";
import { loginKeyOf } from "../machines/login-key";
import { accessTo, reachedMachines } from "../machines/reached";
import { ownArguments } from "../own-arguments";
import { createProvider } from "./access";
import { createBalancers, ingressAddress } from "./balancers";
import { partsOf } from "./controllers-role";
import { createIdentity } from "./identity";
import { createMachines } from "./machines";
import { groupName } from "./names";
import { createNetwork } from "./network";
import { isAzure } from "./plan";
import { child, type Scope, tags } from "./scope";
import { createSecurity } from "./security";
import { surveyCloud } from "./survey";
import { toldBy } from "./told";

/** What an Azure infrastructure is made from: a plan whose cloud is Azure. */
export type AzureInfrastructureArgs = InfrastructureArgs;

/**
 * An environment's network, machines, disks and balancers on Azure.
 *
 * Identity is the key of a machine and the name of a zone: adding, removing or rebuilding one touches its own resources only. A raised
 * generation gives the new machine first; the old one goes after everything that depends on it has moved.
 */
export class AzureInfrastructure extends ComponentResource implements Infrastructure {
  declare readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  declare readonly ssh: SshAccess;
  declare readonly last: readonly Resource[];
  declare readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  declare readonly checked: Promise<void>;
  declare readonly ingressPublicAddress?: Output<string>;
  declare readonly told?: ToldOutputs;

  /**
   * @param opts an azure-native provider among them takes the place of credentials, and of the component's own provider
   * @throws InputPropertyError for a plan of another cloud, an SSH key of which one half is missing, or a provider beside credentials.
   */
  constructor(name: string, args: AzureInfrastructureArgs, opts?: ComponentResourceOptions) {
    const { options, plan, cloud: azure, given } = ownArguments("azure-native", "Azure", isAzure, args, opts);
    const { secrets } = args;
    super(infrastructureType("azure"), name, { environment: plan.environment, region: azure.region }, options);

    const provider = given ?? createProvider(this, name, azure, secrets.credentials);
    const bare = { parent: this, name, plan, azure, provider };
    const survey = surveyCloud(bare, args.standing, args.onChecked);
    this.checked = survey.passed;
    const scope: Scope = { ...bare, survey, group: this.group({ ...bare, survey }) };
    const security = createSecurity(scope);
    const network = createNetwork(scope, security);
    const balancers = createBalancers(scope, network);
    const outside = ingressAddress(scope);
    const { privateKey, publicKey } = loginKeyOf(this, name, plan.access.ssh, secrets);
    const identity = createIdentity(scope);
    const machines = createMachines({ scope, network, security, balancers, publicKey, identity });
    const bastion = Object.values(machines).find((machine) => machine.publicAddress !== undefined)?.publicAddress;

    this.machines = reachedMachines(plan, machines, bastion);
    this.ssh = accessTo(plan, this.machines, machines, privateKey);
    this.apiEndpoint = { address: output(plan.apiEndpoint.address), ...(balancers.api && { publicAddress: balancers.api }) };
    const ingress = balancers.ingress ?? outside?.address;
    if (ingress !== undefined) this.ingressPublicAddress = ingress;
    if (identity !== undefined && partsOf(plan).length > 0) this.told = toldBy(scope, identity, outside);
    this.last = [...balancers.all, ...Object.values(machines).flatMap((machine) => machine.last)];
    // Of the machines the state has enough already: in a large environment they would be a part of all that every step writes.
    this.registerOutputs({ apiEndpoint: this.apiEndpoint, ingressPublicAddress: this.ingressPublicAddress });
  }

  /** The resource group that everything lies in: the environment's own, or one that is there. */
  private group(scope: Omit<Scope, "group">): Scope["group"] {
    const { azure, plan, name, survey } = scope;
    if (azure.resourceGroup !== undefined) return { name: azure.resourceGroup, id: survey.group };
    const made = new ResourceGroup(
      `${name}-group`,
      {
        resourceGroupName: groupName(plan),
        ...(azure.region === undefined ? {} : { location: azure.region }),
        tags: tags(scope),
      },
      child(scope),
    );
    return { name: made.name, id: made.id };
  }
}
