import { BlockList, isIP } from "node:net";

/**
 * Addresses that are never a public web site. IANA special-purpose registries (RFC 6890 and successors), as listed for Globalping's
 * probes, plus RFC 9637, RFC 9602, RFC 3879 and the IPv4-compatible block.
 */
const SPECIAL: readonly string[] = [
	"0.0.0.0/8",
	"10.0.0.0/8",
	"100.64.0.0/10",
	"127.0.0.0/8",
	"169.254.0.0/16",
	"172.16.0.0/12",
	"192.0.0.0/24",
	"192.0.2.0/24",
	"192.88.99.0/24",
	"192.168.0.0/16",
	"198.18.0.0/15",
	"198.51.100.0/24",
	"203.0.113.0/24",
	"224.0.0.0/4",
	"240.0.0.0/4",
	"::/96",
	"64:ff9b:1::/48",
	"100::/64",
	"2001::/32",
	"2001:10::/28",
	"2001:20::/28",
	"2001:db8::/32",
	"2002::/16",
	"3fff::/20",
	"5f00::/16",
	"fc00::/7",
	"fe80::/10",
	"fec0::/10",
	"ff00::/8",
];

/** Cloudflare's own ranges (https://www.cloudflare.com/ips/, unchanged as of 2026-10). */
const CLOUDFLARE: readonly string[] = [
	"173.245.48.0/20",
	"103.21.244.0/22",
	"103.22.200.0/22",
	"103.31.4.0/22",
	"141.101.64.0/18",
	"108.162.192.0/18",
	"190.93.240.0/20",
	"188.114.96.0/20",
	"197.234.240.0/22",
	"198.41.128.0/17",
	"162.158.0.0/15",
	"104.16.0.0/13",
	"104.24.0.0/14",
	"172.64.0.0/13",
	"131.0.72.0/22",
	"2400:cb00::/32",
	"2606:4700::/32",
	"2803:f800::/32",
	"2405:b500::/32",
	"2405:8100::/32",
	"2a06:98c0::/29",
	"2c0f:f248::/32",
];

/** A set of address ranges. */
export type Ranges = BlockList;

/**
 * @param cidrs `10.0.0.0/8`, `fc00::/7` or a bare address
 * @throws Error naming the first entry that is no range
 */
export function ranges(cidrs: readonly string[]): Ranges {
	const list = new BlockList();
	for (const cidr of cidrs) {
		const [address = "", bits, ...rest] = cidr.split("/");
		const family = isIP(address);
		const max = family === 6 ? 128 : 32;
		const prefix = bits === undefined ? max : Number(bits);
		if (family === 0 || rest.length > 0 || bits === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > max) {
			throw new Error(`"${cidr}" is not an address range such as 10.0.0.0/8 or fc00::/7`);
		}
		list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
	}
	return list;
}

const special = ranges(SPECIAL);
const cloudflare = ranges(CLOUDFLARE);

/** The IPv4 address that an IPv6 address carries (mapped ::ffff:0:0/96, NAT64 64:ff9b::/96), else the address itself. */
export function unmapped(address: string): string {
	if (isIP(address) !== 6) return address;
	const groups = expand(address);
	const carrier = groups.slice(0, 6).join(":");
	if (carrier !== "0:0:0:0:0:ffff" && carrier !== "64:ff9b:0:0:0:0") return address;
	const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
	return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The eight groups of an IPv6 address in lower-case hex without leading zeros. */
function expand(address: string): string[] {
	const bare = address.split("%")[0] ?? "";
	const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
	const hex = dotted
		? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
		: bare;
	const [left = "", right] = hex.split("::");
	const a = left === "" ? [] : left.split(":");
	const b = right === undefined || right === "" ? [] : right.split(":");
	const middle = right === undefined ? [] : Array.from({ length: 8 - a.length - b.length }, () => "0");
	return [...a, ...middle, ...b].map((group) => Number.parseInt(group, 16).toString(16));
}

const within = (list: Ranges, address: string) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

/** Whether `address` lies in `list`; mapped and NAT64 forms count as the IPv4 address that they carry. */
export function contains(list: Ranges, address: string): boolean {
	return within(list, unmapped(address)) || within(list, address);
}

/** Whether an address is special: private, loopback, link local (cloud metadata), documentation, multicast … A zone id makes it so too. */
export function isSpecialAddress(address: string): boolean {
	if (isIP(address) === 0 || address.includes("%")) return true;
	// BlockList takes ::ffff:a.b.c.d for the IPv4 address itself; the carrier block ::/96 is only for the deprecated compatible form.
	return contains(special, address);
}

/** Whether an address is one of Cloudflare's published ones. Own address ranges of customers exist: absence proves nothing. */
export function isCloudflareAddress(address: string): boolean {
	return contains(cloudflare, address);
}

/** Two spellings of one IPv6 address differ as text: the URL parser has one canonical form for both. Anything else stays as it is. */
export function canonicalAddress(address: string): string {
	return isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}
