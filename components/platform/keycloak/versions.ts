import type { ServicePlan } from "../../../model/plan/types";

/** Whether that version is of before 26, which calls some settings otherwise (its migration guide, "Migrating to 26.0.0" and "26.1.0"). */
export function before26({ version }: Pick<ServicePlan, "version">): boolean {
  return Number(version.split(".")[0]) < 26;
}
