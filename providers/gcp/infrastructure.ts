import { ComponentResource, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs, InfrastructureMachine, SshAccess, ToldOutputs } from "../../components/infrastructure";
import { infrastructureType } from "../../model/type-tokens";
import { loginKeyOf } from "../machines/login-key";
import { accessTo, reachedMachines } from "../machines/reached";
import { ownArguments } from "../own-arguments";
import { createProvider } from "./access";
import { createEndpoints, outsideAddress } from "./balancers";
import { TOLD } from "./controller";
import { createAccounts } from "./iam";
import { createMachines } from "./machines";
import { createFirewalls, createNetwork } from "./network";
import { balancesServices, isGcp } from "./plan";
import type { Scope } from "./scope";
import { surveyCloud } from "./survey";

/** What a GCP infrastructure is made from: a plan whose cloud is GCP. */
export type GcpInfrastructureArgs = InfrastructureArgs;

/**
 * An environment's network, machines, disks and balancers on GCP.
 *
 * Identity is the key of a machine and the name of a zone: adding, removing or rebuilding one touches its own resources only. A raised
 * generation gives the new machine first; the old one goes after everything that depends on it has moved.
 */
export class GcpInfrastructure extends ComponentResource implements Infrastructure {
  declare readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  declare readonly ssh: SshAccess;
  declare readonly last: readonly Resource[];
  declare readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  declare readonly checked: Promise<void>;
  declare readonly told?: ToldOutputs;
  declare readonly ingressPublicAddress?: Output<string>;

  /**
   * @param opts a gcp provider among them takes the place of credentials, and of the component's own provider
   * @throws InputPropertyError for a plan of another cloud, an SSH key of which one half is missing, or a provider beside credentials.
   */
  constructor(name: string, args: GcpInfrastructureArgs, opts?: ComponentResourceOptions) {
    const { options, plan, cloud: gcp, given } = ownArguments("gcp", "GCP", isGcp, args, opts);
    const { secrets } = args;
    super(infrastructureType("gcp"), name, { environment: plan.environment, project: gcp.project, region: gcp.region }, options);

    const provider = given ?? createProvider(this, name, gcp, secrets.credentials);
    const bare = { parent: this, name, plan, gcp, provider };
    const survey = surveyCloud(bare, args.standing, args.onChecked);
    const scope: Scope = { ...bare, survey };
    this.checked = survey.passed;
    const accounts = createAccounts(scope);
    const network = createNetwork(scope);
    const firewalls = createFirewalls(scope, network, accounts);
    const { publicKey, privateKey } = loginKeyOf(this, name, plan.access.ssh, secrets);
    const bastion = plan.access.bastion ? outsideAddress(scope, "bastion") : undefined;
    const machines = createMachines({ scope, network, firewalls, accounts, publicKey, bastion });
    const endpoints = createEndpoints(scope, network, machines);

    this.machines = reachedMachines(plan, machines, bastion);
    this.ssh = accessTo(plan, this.machines, machines, privateKey);
    this.apiEndpoint = { address: output(plan.apiEndpoint.address), ...(endpoints.api && { publicAddress: endpoints.api }) };
    if (endpoints.ingress !== undefined) this.ingressPublicAddress = endpoints.ingress;
    // Where the controller leads to the ingress from; nothing of it is secret.
    if (balancesServices(plan)) this.told = { ids: { ...(endpoints.ingress && { [TOLD.outside]: endpoints.ingress }) }, secrets: {} };
    this.last = [...firewalls.others, ...Object.values(machines).flatMap((machine) => machine.last), ...endpoints.last];
    // Of the machines the state has enough already: in a large environment they would be a part of all that every step writes.
    this.registerOutputs({ apiEndpoint: this.apiEndpoint, ingressPublicAddress: this.ingressPublicAddress });
  }
}
