import type { NeutralNames } from "../../model/cloud";
import type { CloudOptions } from "../../model/plan/types";
import { withOwnNames } from "../own-names";
import { gcpOptions } from "./plan";

/** Machine types by size: 64-bit x86, in every region. What a size stands for never changes. */
const SIZES: Readonly<Record<string, string>> = {
  small: "e2-small", // 2 shared processors, 2 GiB
  medium: "e2-standard-2", // 2, 8 GiB
  large: "n2-standard-4", // 4, 16 GiB
  xlarge: "n2-standard-8", // 8, 32 GiB
};

/**
 * Images by name, `PROJECT/family/FAMILY`: what the publisher calls the newest build of a family moves, so the environment takes a copy of it once,
 * from which all its machines are made for ever.
 */
const IMAGES: NeutralNames["images"] = {
  "ubuntu-22.04": ["ubuntu-os-cloud/family/ubuntu-2204-lts"],
  "ubuntu-24.04": ["ubuntu-os-cloud/family/ubuntu-2404-lts-amd64"],
};

/** What names that every cloud understands stand for on GCP; the file's own before those of the tables. */
export function neutralNames(options: CloudOptions): NeutralNames {
  return withOwnNames({ sizes: SIZES, images: IMAGES }, gcpOptions(options));
}

/** An image as the cloud is asked for it: a build by its name, or the newest of a family; undefined for what is neither. */
export type ImageQuery = { readonly project: string } & ({ readonly name: string } | { readonly family: string });

/** The logical name of the copy of a family's newest, behind the component's. */
export function copyOf({ family }: { readonly family: string }): string {
  return `image-${family}`;
}

/** Reads `PROJECT/NAME` and `PROJECT/family/FAMILY`. */
export function imageQuery(image: string): ImageQuery | undefined {
  const [, project, family, name] = /^([a-z][a-z0-9.:-]{4,62}[a-z0-9])\/(family\/)?([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$/.exec(image) ?? [];
  if (project === undefined || name === undefined) return undefined;
  return family === undefined ? { project, name } : { project, family: name };
}
