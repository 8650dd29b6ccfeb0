// Plans 200 environments in one process: what the benchmark runs as a process of its own, to measure its memory.
import { haFile, planOf } from "./fixtures";

const plans = Array.from({ length: 200 }, (_, index) => planOf(haFile(`env-${index}`, 3)));
console.log(plans.length);
