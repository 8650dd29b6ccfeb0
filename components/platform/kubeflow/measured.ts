import { NAMES } from "./names";

const NO_PAGE = "it has no page of numbers";
const SCREEN = "it counts nothing of its own; what it is asked its proxy counts, where it is in the mesh";
const ENVOY = "its numbers are at Envoy's administration, which is open to nobody";
const CONTROLLER = "how often and how long it works is all that it counts; what became of an object it says there";

/** Why single programs of Kubeflow are not asked what they count. */
export const UNSCRAPED: Readonly<Record<string, string>> = {
  [NAMES.api]: "it says what it counts at the port of its API, and whoever may read that there could begin runs",
  [NAMES.store]: "its port for numbers shows what is in its memory too (Go's pprof); how full its volume is kubelets say",
  [NAMES.metadata]: NO_PAGE,
  [NAMES.metadataWeb]: ENVOY,
  [NAMES.door]: ENVOY,
  [NAMES.persistence]: NO_PAGE,
  [NAMES.ui]: SCREEN,
  [NAMES.gate]: SCREEN,
  [NAMES.dashboard]: SCREEN,
  [NAMES.members]: "it says what it counts at the port of its API, which the dashboard alone may reach",
  "jupyter-web-app": SCREEN,
  "volumes-web-app": SCREEN,
  "tensorboards-web-app": SCREEN,
  "kserve-models-web-app": SCREEN,
  "katib-ui": SCREEN,
  "katib-db-manager": NO_PAGE,
  "katib-controller": CONTROLLER,
  "notebook-controller": CONTROLLER,
  "pvcviewer-controller": CONTROLLER,
  "tensorboard-controller": CONTROLLER,
  "kserve-controller-manager": CONTROLLER,
  "training-operator": CONTROLLER,
};
