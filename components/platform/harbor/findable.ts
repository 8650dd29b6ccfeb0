import { type Findable, textOf } from "../../../model/findable";
import { HARBOR_PROJECT, HARBOR_ROBOT } from "../../../model/type-tokens";

/** Whoever makes them looks first, and says so where another has made them: a creation that is open was ours. */
export const FINDABLE: Readonly<Record<string, Findable>> = {
  [HARBOR_PROJECT]: { how: "id", id: ({ name }) => textOf(name) },
  [HARBOR_ROBOT]: { how: "id", id: ({ project, name }) => `${textOf(project)}/${textOf(name)}` },
};
