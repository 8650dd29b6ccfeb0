import type { NeutralNames } from "../../model/cloud";
import type { CloudOptions } from "../../model/plan/types";
import { withOwnNames } from "../own-names";
import { awsOptions } from "./plan";

/** Instance types by size: 64-bit x86, on Nitro, in every region. What a size stands for never changes. */
const SIZES: Readonly<Record<string, string>> = {
  small: "t3.small", // 2 processors, 2 GiB
  medium: "t3.large", // 2, 8 GiB
  large: "m6i.xlarge", // 4, 16 GiB
  xlarge: "m6i.2xlarge", // 8, 32 GiB
};

/**
 * Images by name, `OWNER/NAME`: what Canonical calls one build, which its account has under this name in every region, each once and for ever.
 * A newer one comes before the others; environments whose lock holds another of them keep that.
 */
const IMAGES: NeutralNames["images"] = {
  "ubuntu-22.04": ["099720109477/ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20251015"],
  "ubuntu-24.04": ["099720109477/ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251212"],
};

/** What names that every cloud understands stand for on AWS; the file's own before those of the tables. */
export function neutralNames(options: CloudOptions): NeutralNames {
  return withOwnNames({ sizes: SIZES, images: IMAGES }, awsOptions(options));
}
