import { services } from "../components/platform/services";
import type { Registry } from "../model/registry";
import { clouds } from "../providers/clouds";

/** What this project brings; a program can add services of its own. Pure: no SDK is loaded before one of them is made. */
export const registry: Registry = { clouds, services };
