/** Sections of a configuration as gcfg reads it, which Kubernetes' controllers and drivers do. What has no value is left out. */
export function gcfg(sections: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>): string {
  return Object.entries(sections)
    .map(([section, values]) => {
      const lines = Object.entries(values).flatMap(([key, value]) => (value ? [`${key} = ${JSON.stringify(value)}`] : []));
      return [`[${section}]`, ...lines, ""].join("\n");
    })
    .join("\n");
}
