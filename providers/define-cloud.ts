import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { CloudDefinition } from "../model/cloud";
import type { Infrastructure, InfrastructureArgs } from "./infrastructure";

/** A cloud with the component that makes an environment's machines on it. */
export interface Cloud extends CloudDefinition {
  /** Loads the component, and with it the cloud's SDK. */
  infrastructure(): new (name: string, args: InfrastructureArgs, opts?: ComponentResourceOptions) => Infrastructure;
}

/** Describes a cloud. */
export function defineCloud<const C extends Cloud>(cloud: C): C {
  return cloud;
}
