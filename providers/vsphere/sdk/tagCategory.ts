import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** What a category of tags is made from. */
export interface TagCategoryArgs {
  /** What its tags can be put on, such as `VirtualMachine`. It can grow, never shrink. */
  readonly associableTypes: Input<Input<string>[]>;
  /** Whether a thing can have one tag of it, or several. From `MULTIPLE` there is no way back. */
  readonly cardinality: Input<"SINGLE" | "MULTIPLE">;
  readonly description?: Input<string>;
  /** Unique in vCenter. */
  readonly name?: Input<string>;
}

/** A category of tags. */
export class TagCategory extends CustomResource {
  declare readonly associableTypes: Output<string[]>;
  declare readonly cardinality: Output<string>;
  declare readonly description: Output<string | undefined>;
  declare readonly name: Output<string>;

  constructor(name: string, args: TagCategoryArgs, opts?: CustomResourceOptions) {
    const { associableTypes, cardinality, description, name: categoryName } = args;
    super(
      "vsphere:index/tagCategory:TagCategory",
      name,
      { associableTypes, cardinality, description, name: categoryName },
      versioned(opts),
    );
  }
}
