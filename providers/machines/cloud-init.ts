import type { UserData } from "../../model/plan/user-data";

/** User data as cloud-init reads it. */
export function cloudConfig(content: UserData): string {
  // Loaded when a machine is made.
  const { stringify } = require("yaml") as typeof import("yaml");
  return `#cloud-config\n${stringify(content)}`;
}
