import { stringify } from "yaml";
import type { UserData } from "../../model/plan/user-data";

/** User data as cloud-init reads it. */
export function cloudConfig(content: UserData): string {
  return `#cloud-config\n${stringify(content)}`;
}
