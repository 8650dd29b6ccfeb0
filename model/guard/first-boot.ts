/** What is said of a change that no machine takes which stands already. */
export const LATER = "applies to machines built from now on; one that stands takes it when its generation is raised";
