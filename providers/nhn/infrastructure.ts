import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { OpenStackInfrastructure, type OpenStackInfrastructureArgs } from "../openstack/infrastructure";
import { NHN } from "./dialect";

/** What an NHN infrastructure is made from: a plan whose cloud is NHN Cloud. */
export type NhnInfrastructureArgs = OpenStackInfrastructureArgs;

/** An environment's machines, volumes and addresses on NHN Cloud, in a network that is there: OpenStack's component, by NHN's dialect. */
export class NhnInfrastructure extends OpenStackInfrastructure {
  constructor(name: string, args: NhnInfrastructureArgs, opts?: ComponentResourceOptions) {
    super(name, args, opts, NHN);
  }
}
