import { ComponentResource, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs, InfrastructureMachine, SshAccess, ToldOutputs } from "../../components/infrastructure";
import type { CloudPlan } from "../../model/plan/types";
import { infrastructureType } from "../../model/type-tokens";
import { accessTo, reachedMachines } from "../machines/reached";
import { ownArguments } from "../own-arguments";
import { publicHalf } from "../ssh-key";
import { createLoginKey, createProvider } from "./access";
import { type CloudCredential, createCredential, createLogins } from "./credential";
import { type Dialect, OPENSTACK } from "./dialect";
import { createNames } from "./dns";
import { createEndpoints } from "./endpoints";
import { createMachines } from "./machines";
import { createNetwork, createSecurityGroups } from "./network";
import { isOpenStack, type OpenStackPlan } from "./plan";
import type { Scope } from "./scope";
import { surveyCloud } from "./survey";
import { toldBy } from "./told";

/** What an OpenStack infrastructure is made from: a plan whose cloud is OpenStack. */
export type OpenStackInfrastructureArgs = InfrastructureArgs;

/**
 * An environment's network, machines, volumes, API balancer and addresses on OpenStack.
 *
 * Identity is the machine's key: adding, removing or rebuilding one machine touches its own resources only. A raised generation gives the new
 * port and machine first; the old ones go after everything that depends on them has moved.
 */
export class OpenStackInfrastructure extends ComponentResource implements Infrastructure {
  declare readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  declare readonly ssh: SshAccess;
  declare readonly last: readonly Resource[];
  declare readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  declare readonly checked: Promise<void>;
  declare readonly ingressPublicAddress?: Output<string>;
  declare readonly told?: ToldOutputs;
  /** Secret: the login that was made for what runs in the cluster, where the plan asks for one. */
  declare readonly cloudCredential?: Output<CloudCredential>;

  /**
   * @param opts an openstack provider among them takes the place of credentials, and of the component's own provider
   * @throws InputPropertyError for a plan of another cloud, an SSH key of which one half is missing, or a provider beside credentials.
   */
  constructor(name: string, args: OpenStackInfrastructureArgs, opts?: ComponentResourceOptions, dialect: Dialect = OPENSTACK) {
    const isOurs = (cloud: CloudPlan): cloud is OpenStackPlan => isOpenStack(cloud) && cloud.provider === dialect.provider;
    const { options, plan, cloud: openstack, given } = ownArguments("openstack", dialect.title, isOurs, args, opts);
    const { secrets } = args;
    super(infrastructureType(dialect.provider), name, { environment: plan.environment, region: openstack.region }, options);

    const provider = given ?? createProvider(this, name, openstack, dialect, secrets.credentials);
    const bare = { parent: this, name, plan, openstack, dialect, provider, ids: args.ids ?? {} };
    const survey = surveyCloud(bare, secrets.sshPrivateKey?.apply(publicHalf), args.standing, args.onChecked);
    const scope: Scope = { ...bare, survey };
    this.checked = survey.passed;
    const network = createNetwork(scope);
    const security = createSecurityGroups(scope);
    const { keyPair, privateKey } = createLoginKey(scope, secrets);
    const machines = createMachines({ scope, network, security, keyPair });
    const endpoints = createEndpoints(scope, network, security, machines);
    const names = createNames(scope, endpoints);
    const credential = createCredential(scope);
    const logins = createLogins(scope);

    this.machines = reachedMachines(plan, machines, endpoints.bastion);
    this.ssh = accessTo(plan, this.machines, machines, privateKey);
    this.apiEndpoint = { address: output(plan.apiEndpoint.address), ...(endpoints.api && { publicAddress: endpoints.api }) };
    if (endpoints.ingress !== undefined) this.ingressPublicAddress = endpoints.ingress;
    if (credential !== undefined) this.cloudCredential = credential;
    if (Object.keys(logins).length > 0) this.told = toldBy(scope, network, endpoints, logins, secrets.authority);
    this.last = [...names, ...security.others, ...Object.values(machines).flatMap((machine) => machine.last), ...endpoints.last];
    // Of the machines the state has enough already: in a large environment they would be a part of all that every step writes.
    this.registerOutputs({ apiEndpoint: this.apiEndpoint, ingressPublicAddress: this.ingressPublicAddress });
  }
}
