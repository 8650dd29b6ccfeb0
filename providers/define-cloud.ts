import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { Infrastructure, InfrastructureArgs } from "../components/infrastructure";
import type { CloudDefinition } from "../model/cloud";

/** By type of resource, what a provider computes. */
export type Computed = Readonly<Record<string, (name: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>>;

/** A cloud with the component that makes an environment's machines on it. */
export interface Cloud extends CloudDefinition {
  /** Loads the component, and with it the cloud's SDK. */
  infrastructure(): new (name: string, args: InfrastructureArgs, opts?: ComponentResourceOptions) => Infrastructure;
  /** Loads what its provider computes, as far as its component reads it, for tests that have no provider. None where it makes nothing. */
  mocks?(): Computed;
}

/** Describes a cloud. */
export function defineCloud<const Name extends string>(cloud: Cloud & { readonly name: Name }): Cloud & { readonly name: Name } {
  return cloud;
}
