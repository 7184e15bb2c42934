import { ask, type Reading } from "./ask.ts";
import type { Asked } from "./findings/asked.ts";
import type { ServiceSeen } from "./findings/services.ts";
import type { Given } from "./given.ts";

/** What was read of the optional services, and of Cloudflare's zones where its check of the token does not take it. */
export interface ServicesSeen {
	readonly statusPage: ServiceSeen;
	readonly globalping: ServiceSeen;
	readonly cloudflare: ServiceSeen;
	readonly zones: Asked | null;
}

/** One read each; another one only where Cloudflare's answer leaves open whose token it is. */
export async function lookAtServices({ values, services, isSet, version }: Given, reading: Reading): Promise<ServicesSeen> {
	const read = (base: string, path: string, token: string | undefined) =>
		ask(
			`${base}${path}`,
			{
				headers: {
					"user-agent": `cf520/${version} (doctor)`,
					...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
				},
			},
			reading,
		);
	const seen = async (name: string, base: string | null, work: (base: string) => Promise<Asked>): Promise<ServiceSeen> => {
		if (base !== null) return { kind: "asked", asked: await work(base) };
		return isSet(name) && values[name] === undefined ? { kind: "unusable" } : { kind: "off", isLab: values[name] === undefined };
	};
	const token = values.CF520_CLOUDFLARE_TOKEN;
	const [statusPage, globalping, cloudflare] = await Promise.all([
		seen("CF520_STATUS_URL", services.status, (base) => read(base, "/api/v2/summary.json", undefined)),
		seen("CF520_GLOBALPING_URL", services.globalping, (base) => read(base, "/v1/limits", values.CF520_GLOBALPING_TOKEN)),
		seen("CF520_CLOUDFLARE_URL", services.cloudflare, (base) => read(base, "/user/tokens/verify", token)),
	]);
	const isRefused =
		cloudflare.kind === "asked" && cloudflare.asked.kind === "answered" && [400, 401, 403].includes(cloudflare.asked.status);
	const zones =
		isRefused && token !== undefined && services.cloudflare !== null
			? await read(services.cloudflare, "/zones?per_page=1", token)
			: null;
	return { statusPage, globalping, cloudflare, zones };
}
