import { ComponentResource, type ComponentResourceOptions, type Resource } from "@pulumi/pulumi";
import type { Rotations } from "../../model/rotation";
import { FINISHED_ROTATIONS } from "../../model/type-tokens";

/**
 * How often the secrets of services were made, by service. It comes when everything else is there, so that the state has the numbers of an
 * exchange once that is finished, and those of before while it is under way. A stack's outputs cannot say that: the engine records them as soon as
 * the program has handed them over, also where an `up` fails after that.
 */
export class FinishedRotations extends ComponentResource {
  constructor(name: string, rotations: Rotations, after: readonly Resource[], opts: ComponentResourceOptions) {
    super(FINISHED_ROTATIONS, name, { ...rotations }, { ...opts, dependsOn: [...after] });
    this.registerOutputs({});
  }
}
