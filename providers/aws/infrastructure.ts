import { ComponentResource, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs, InfrastructureMachine, SshAccess } from "../../components/infrastructure";
import { infrastructureType } from "../../model/type-tokens";
import { accessTo, reachedMachines } from "../machines/reached";
import { ownArguments } from "../own-arguments";
import { publicHalf } from "../ssh-key";
import { createLoginKey, createProvider } from "./access";
import { createEndpoints } from "./balancers";
import { createProfile } from "./iam";
import { createMachines } from "./machines";
import { createNetwork, createSecurityGroups } from "./network";
import { isAws } from "./plan";
import type { Scope } from "./scope";
import { surveyCloud } from "./survey";

/** What an AWS infrastructure is made from: a plan whose cloud is AWS. */
export type AwsInfrastructureArgs = InfrastructureArgs;

/**
 * An environment's network, machines, volumes and balancers on AWS.
 *
 * Identity is the key of a machine and the name of a zone: adding, removing or rebuilding one touches its own resources only. A raised
 * generation gives the new machine first; the old one goes after everything that depends on it has moved.
 */
export class AwsInfrastructure extends ComponentResource implements Infrastructure {
  declare readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  declare readonly ssh: SshAccess;
  declare readonly last: readonly Resource[];
  declare readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  declare readonly checked: Promise<void>;
  declare readonly ingressPublicAddress?: Output<string>;

  /**
   * @param opts an aws provider among them takes the place of credentials, and of the component's own provider
   * @throws InputPropertyError for a plan of another cloud, an SSH key of which one half is missing, or a provider beside credentials.
   */
  constructor(name: string, args: AwsInfrastructureArgs, opts?: ComponentResourceOptions) {
    const { options, plan, cloud: aws, given } = ownArguments("aws", "AWS", isAws, args, opts);
    const { secrets } = args;
    super(infrastructureType("aws"), name, { environment: plan.environment, region: aws.region }, options);

    const provider = given ?? createProvider(this, name, aws, secrets.credentials);
    const bare = { parent: this, name, plan, aws, provider };
    const survey = surveyCloud(bare, secrets.sshPrivateKey?.apply(publicHalf), args.standing, args.onChecked);
    const scope: Scope = { ...bare, survey };
    this.checked = survey.passed;
    const network = createNetwork(scope);
    const security = createSecurityGroups(scope, network.vpcId);
    const { keyPair, privateKey } = createLoginKey(scope, secrets);
    const machines = createMachines({ scope, network, security, keyPair, profile: createProfile(scope) });
    const endpoints = createEndpoints(scope, network, security, machines);

    this.machines = reachedMachines(plan, machines, endpoints.bastion);
    this.ssh = accessTo(plan, this.machines, machines, privateKey);
    this.apiEndpoint = { address: output(plan.apiEndpoint.address), ...(endpoints.api && { publicAddress: endpoints.api }) };
    if (endpoints.ingress !== undefined) this.ingressPublicAddress = endpoints.ingress;
    this.last = [...security.others, ...Object.values(machines).flatMap((machine) => machine.last), ...endpoints.last];
    // Of the machines the state has enough already: in a large environment they would be a part of all that every step writes.
    this.registerOutputs({ apiEndpoint: this.apiEndpoint, ingressPublicAddress: this.ingressPublicAddress });
  }
}
