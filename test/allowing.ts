import type { Stores } from "../src/desk/stores.ts";

/** Stores of workspaces whose admins allow anybody there to have the origins of these hosts looked at. */
export const allowingOrigins = (stores: Stores, ...openOrigins: readonly string[]): Stores => ({
	...stores,
	policies: { ...stores.policies, of: async (workspace) => ({ ...(await stores.policies.of(workspace)), openOrigins }) },
});
