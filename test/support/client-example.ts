import { serverClient } from "../../library/client";

/** The names of the environments that have drifted. */
export async function drifted(url: string, token: () => Promise<string>): Promise<string[]> {
  const client = serverClient({ url, token });
  const names: string[] = [];
  for (let after: string | undefined; ; ) {
    const query = { limit: 500, ...(after === undefined ? {} : { after }) };
    const { data, error } = await client.GET("/api/v1/environments", { params: { query } });
    if (error !== undefined) throw new Error(error.detail ?? error.title);
    names.push(...data.items.filter(({ drift }) => drift?.drifted).map(({ name }) => name));
    if (data.next === undefined) return names;
    after = data.next;
  }
}
