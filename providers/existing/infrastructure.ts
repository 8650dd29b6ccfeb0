import { ComponentResource, type ComponentResourceOptions, InputPropertyError, type Output, output, secret } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs, InfrastructureMachine, SshAccess } from "../../components/infrastructure";
import { ownOptions } from "../../components/options";
import { plannedDoor, plannedHost } from "../../model/plan/hosts";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import { infrastructureType } from "../../model/type-tokens";

/** What an infrastructure of existing hosts is made from: a plan whose provider is `existing`. */
export type ExistingInfrastructureArgs = InfrastructureArgs;

/** Hosts that are there before the environment, as it sees machines. It makes nothing, and a destroy leaves them. */
export class ExistingInfrastructure extends ComponentResource implements Infrastructure {
  declare readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  declare readonly ssh: SshAccess;
  declare readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  readonly last = [];
  declare readonly checked: Promise<void>;

  /** @throws InputPropertyError for a plan of another provider, or without a key */
  constructor(name: string, args: ExistingInfrastructureArgs, opts?: ComponentResourceOptions) {
    const { plan, secrets, onChecked } = args;
    if (plan.provider !== "existing")
      throw new InputPropertyError({ propertyPath: "plan.provider", reason: `is ${plan.provider}: its machines have to be made` });
    const { user, agent } = plan.access.ssh;
    if (secrets.sshPrivateKey === undefined && agent === undefined)
      throw new InputPropertyError({
        propertyPath: "infrastructure.access.ssh.privateKey",
        reason: "is missing, and nothing else opens the hosts",
      });
    super(infrastructureType("existing"), name, { environment: plan.environment }, ownOptions(opts).options);

    this.checked = Promise.resolve().then(onChecked);
    this.machines = Object.fromEntries(plan.machines.map((machine) => [machine.name, machineOf(machine)]));
    const door = plannedDoor(plan);
    this.ssh = {
      user,
      ...(secrets.sshPrivateKey === undefined ? {} : { privateKey: secret(secrets.sshPrivateKey) }),
      ...(agent === undefined ? {} : { agent }),
      ...(secrets.sudoPassword === undefined ? {} : { becomePassword: secret(secrets.sudoPassword) }),
      ...(door && { bastion: { ...door, address: output(door.address) } }),
    };
    // Without a balancer or a virtual address, the first control plane is the API's address, as seen from here too.
    const outside =
      plan.apiEndpoint.kind === "node"
        ? plan.machines.find(({ name: each }) => each === plan.cluster.controlPlane[0])?.login?.address
        : undefined;
    this.apiEndpoint = { address: output(plan.apiEndpoint.address), ...(outside === undefined ? {} : { publicAddress: output(outside) }) };
    this.registerOutputs({ apiEndpoint: this.apiEndpoint });
  }
}

function machineOf(machine: MachinePlan): InfrastructureMachine {
  const { key, name, roles, zone, address, volumes } = machine;
  const { machineId, dialAddress, sshUser: user, sshPort: port } = plannedHost(machine);
  return {
    ...{ key, name, roles, address },
    ...(zone === undefined ? {} : { zone }),
    id: output(machineId),
    dialAddress: output(dialAddress),
    ...(user === undefined && port === undefined
      ? {}
      : { login: { ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) } }),
    devices: Object.fromEntries(volumes.map(({ name: volume, device }) => [volume, output(device)])),
  };
}
