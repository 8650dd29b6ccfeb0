import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** What a tag is made from. */
export interface TagArgs {
  /** Id of its category. Another one replaces the tag. */
  readonly categoryId: Input<string>;
  readonly description?: Input<string>;
  /** Unique in its category. */
  readonly name?: Input<string>;
}

/** A tag, to be put on things of the inventory. */
export class Tag extends CustomResource {
  declare readonly categoryId: Output<string>;
  declare readonly description: Output<string | undefined>;
  declare readonly name: Output<string>;

  constructor(name: string, { categoryId, description, name: tagName }: TagArgs, opts?: CustomResourceOptions) {
    super("vsphere:index/tag:Tag", name, { categoryId, description, name: tagName }, versioned(opts));
  }
}
