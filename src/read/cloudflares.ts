import { BlockList, isIP } from "node:net";
import { CLOUDFLARE_RANGES } from "../knowledge/cloudflare-ranges.ts";

const list = new BlockList();
for (const range of CLOUDFLARE_RANGES) {
	const [address = "", bits] = range.split("/");
	list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Whether a text is an IP address in one of Cloudflare's published ranges; an IPv4 address may be in its IPv6 form. Total. */
export function isCloudflares(address: string): boolean {
	const bare = address.replace(/^::ffff:(?=\d{1,3}\.)/i, "");
	const family = isIP(bare);
	return family !== 0 && !bare.includes("%") && list.check(bare, family === 6 ? "ipv6" : "ipv4");
}
