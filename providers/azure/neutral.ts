import type { NeutralNames } from "../../model/cloud";
import type { CloudOptions } from "../../model/plan/types";
import { withOwnNames } from "../own-names";
import { azureOptions } from "./plan";

/** Sizes by name: 64-bit x86, of generation 2, with premium disks and accelerated networking. What a size stands for never changes. */
const SIZES: Readonly<Record<string, string>> = {
  small: "Standard_B2ls_v2", // 2 processors, 4 GiB
  medium: "Standard_D2s_v5", // 2, 8 GiB
  large: "Standard_D4s_v5", // 4, 16 GiB
  xlarge: "Standard_D8s_v5", // 8, 32 GiB
};

/**
 * Images by name, `PUBLISHER:OFFER:SKU:VERSION`: one build of Canonical's, of generation 2, as trusted launch needs. A newer one comes before the
 * others; environments whose lock holds another of them keep that.
 */
const IMAGES: NeutralNames["images"] = {
  "ubuntu-22.04": ["Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:22.04.202510230"],
  "ubuntu-24.04": ["Canonical:ubuntu-24_04-lts:server:24.04.202601010"],
};

/** What names that every cloud understands stand for on Azure; the file's own before those of the tables. */
export function neutralNames(options: CloudOptions): NeutralNames {
  return withOwnNames({ sizes: SIZES, images: IMAGES }, azureOptions(options));
}
