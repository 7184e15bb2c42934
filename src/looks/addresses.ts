import { BlockList, isIP } from "node:net";
import { isCloudflares } from "../read/cloudflares.ts";

/**
 * Addresses that are never a public web site: what the registries set apart, and what cloud platforms answer from inside only.
 * https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry
 * (RFC 6890, RFC 8190). The anycast sinks in them (AS112, AMT) are reachable, but no site is there.
 */
const SPECIAL: readonly string[] = [
	"0.0.0.0/8", // this network, RFC 791
	"10.0.0.0/8", // private use, RFC 1918
	"100.64.0.0/10", // carrier NAT, RFC 6598; Alibaba Cloud's metadata service 100.100.100.200
	"127.0.0.0/8", // loopback, RFC 1122
	"169.254.0.0/16", // link local, RFC 3927; nearly every platform's metadata service
	"172.16.0.0/12", // private use, RFC 1918
	"192.0.0.0/24", // IETF protocol assignments, RFC 6890; Oracle Cloud's metadata service 192.0.0.192
	"192.0.2.0/24", // documentation, RFC 5737
	"192.31.196.0/24", // AS112, RFC 7535
	"192.52.193.0/24", // AMT, RFC 7450
	"192.88.99.0/24", // 6to4 relays, RFC 7526
	"192.168.0.0/16", // private use, RFC 1918
	"192.175.48.0/24", // AS112 by direct delegation, RFC 7534
	"198.18.0.0/15", // benchmarking, RFC 2544
	"198.51.100.0/24", // documentation, RFC 5737
	"203.0.113.0/24", // documentation, RFC 5737
	"224.0.0.0/4", // multicast, RFC 5771
	"240.0.0.0/4", // reserved, RFC 1112; broadcast, RFC 919
	// Azure's platform service (WireServer): https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
	"168.63.129.16/32",
	// IBM Cloud's own services, behind public-looking addresses that lead nowhere from outside:
	// https://cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc
	"161.26.0.0/16",
	"166.8.0.0/14",
	// Equinix Metal's metadata service, metadata.packet.net
	"192.80.8.124/32",
	"::/96", // unspecified, loopback, and the IPv4-compatible form, RFC 4291
	"64:ff9b:1::/48", // local NAT64, RFC 8215
	"100::/64", // discard, RFC 6666
	"100:0:0:1::/64", // dummy prefix, RFC 9780
	// IETF protocol assignments, RFC 2928: Teredo (2001::/32, RFC 4380), benchmarking (2001:2::/48, RFC 5180), AMT (2001:3::/32), AS112
	// (2001:4:112::/48), ORCHID (2001:10::/28, RFC 4843; 2001:20::/28, RFC 7343), drone remote ID (2001:30::/28, RFC 9374)
	"2001::/23",
	"2001:db8::/32", // documentation, RFC 3849
	"2002::/16", // 6to4, RFC 3056
	"2620:4f:8000::/48", // AS112 by direct delegation, RFC 7534
	"3fff::/20", // documentation, RFC 9637
	"5f00::/16", // SRv6 segment identifiers, RFC 9602
	"fc00::/7", // unique local, RFC 4193; the metadata services fd00:ec2::254 (AWS) and fd20:ce::254 (Google Cloud)
	"fe80::/10", // link local, RFC 4291
	"fec0::/10", // site local, deprecated by RFC 3879
	"ff00::/8", // multicast, RFC 4291
];

/** The only IPv6 block that sites get addresses from: https://www.iana.org/assignments/ipv6-address-space. */
const GLOBAL_UNICAST = "2000::/3";

/** An IPv6 range whose addresses carry an IPv4 address. */
interface Carrier {
	/** The groups of the range, as {@link groupsOf} writes them. */
	readonly prefix: string;
	/** The group with which the IPv4 address begins. */
	readonly at: number;
	/** Every bit is turned around. */
	readonly inverted?: true;
	/** The address is nothing but another spelling of the IPv4 address, or reaches that one through a translator. */
	readonly sameHost?: true;
}

const CARRIERS: readonly Carrier[] = [
	{ prefix: "0:0:0:0:0:ffff:", at: 6, sameHost: true }, // IPv4-mapped ::ffff:0:0/96, RFC 4291 §2.5.5.2
	{ prefix: "0:0:0:0:ffff:0:", at: 6, sameHost: true }, // IPv4-translated ::ffff:0:0:0/96, RFC 2765 §2.1
	{ prefix: "64:ff9b:0:0:0:0:", at: 6, sameHost: true }, // NAT64 64:ff9b::/96, RFC 6052 §2.1
	{ prefix: "0:0:0:0:0:0:", at: 6 }, // IPv4-compatible ::/96, RFC 4291 §2.5.5.1
	{ prefix: "64:ff9b:1:", at: 6 }, // a /96 of local NAT64 64:ff9b:1::/48, RFC 8215 §5
	{ prefix: "2002:", at: 1 }, // 6to4 2002::/16, RFC 3056 §2
	{ prefix: "2001:0:", at: 2 }, // Teredo 2001::/32: its server, RFC 4380 §4
	{ prefix: "2001:0:", at: 6, inverted: true }, // and its client
];

/** ISATAP, RFC 5214 §6.1: any prefix, then one of these two, then the IPv4 address of the interface. */
const ISATAP: ReadonlySet<string> = new Set(["0:5efe", "200:5efe"]);

/** A set of address ranges. */
export type Ranges = BlockList;

/**
 * @param cidrs `10.0.0.0/8`, `fc00::/7` or a bare address
 * @throws Error naming the first invalid entry
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
const globalUnicast = ranges([GLOBAL_UNICAST]);

/** The IPv4 address that an IPv6 address contains (mapped, translated, NAT64's well-known prefix), else the address itself. */
export function unmapped(address: string): string {
	if (isIP(address) !== 6) return address;
	const groups = groupsOf(address);
	const whole = groups.join(":");
	const carrier = CARRIERS.find(({ prefix, sameHost }) => sameHost === true && whole.startsWith(prefix));
	return carrier === undefined ? address : carried(groups, carrier);
}

/** Every IPv4 address that an IPv6 address carries in some form, ISATAP's and the tunnels' too; none for an IPv4 address. */
function embedded(address: string): readonly string[] {
	if (isIP(address) !== 6) return [];
	const groups = groupsOf(address);
	const whole = groups.join(":");
	// RFC 4291 §2.5.2, §2.5.3: the unspecified address and loopback are no IPv4 addresses 0.0.0.0 and 0.0.0.1.
	if (whole === "0:0:0:0:0:0:0:0" || whole === "0:0:0:0:0:0:0:1") return [];
	const forms: Omit<Carrier, "prefix">[] = CARRIERS.filter(({ prefix }) => whole.startsWith(prefix));
	if (ISATAP.has(groups.slice(4, 6).join(":"))) forms.push({ at: 6 });
	return forms.map((form) => carried(groups, form));
}

function carried(groups: readonly string[], { at, inverted }: Omit<Carrier, "prefix">): string {
	const [high = 0, low = 0] = groups
		.slice(at, at + 2)
		.map((group) => Number.parseInt(group, 16) ^ (inverted === true ? 0xffff : 0));
	return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The eight groups of an IPv6 address in lower-case hex without leading zeros. */
function groupsOf(address: string): string[] {
	const bare = withoutZone(address);
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

const withoutZone = (address: string) => address.split("%")[0] ?? "";

const listHolds = (list: Ranges, address: string) => list.check(withoutZone(address), isIP(address) === 6 ? "ipv6" : "ipv4");

/** Whether `address` lies in `list`; mapped, translated and NAT64 forms count as the IPv4 address that they contain. */
export function contains(list: Ranges, address: string): boolean {
	return listHolds(list, unmapped(address)) || listHolds(list, address);
}

/**
 * Whether `address`, or any IPv4 address that it carries, lies in `list`. For ranges that are rejected; for allowed ones use {@link
 * contains}, because an unusual form must not allow anything.
 */
export function touches(list: Ranges, address: string): boolean {
	return listHolds(list, address) || embedded(address).some((one) => listHolds(list, one));
}

/** Whether an address is special: private, loopback, link local (cloud metadata), documentation, multicast … A zone id makes it so too. */
export function isSpecialAddress(address: string): boolean {
	if (isIP(address) === 0 || address.includes("%")) return true;
	const bare = unmapped(address);
	return touches(special, bare) || (isIP(bare) === 6 && !listHolds(globalUnicast, bare));
}

/**
 * Whether a special or public address is one that `allow` (CF520_ALLOW_TARGETS) opens: it lies there, and so does every special IPv4
 * address that it carries.
 */
export function isAllowedAddress(allow: Ranges, address: string): boolean {
	if (isIP(address) === 0 || address.includes("%")) return false;
	return contains(allow, address) && embedded(address).every((one) => !isSpecialAddress(one) || listHolds(allow, one));
}

/** Whether an address is one of Cloudflare's published ones. Own address ranges of customers exist: absence proves nothing. */
export function isCloudflareAddress(address: string): boolean {
	return isCloudflares(withoutZone(unmapped(address)));
}

/**
 * Under which key the requests to an address are counted, so that another name or another spelling opens no other account: the IPv4 address
 * it contains, or the /64 of an IPv6 address, all of whose interface ids are one subnet's (RFC 4291 §2.5.4).
 * @param address an IP address that was checked
 * @returns `93.184.216.34` or `2606:2800:220:1::/64`; null for Cloudflare's published addresses, which thousands of sites share: those are
 * counted by name
 */
export function limitKeyOf(address: string): string | null {
	const bare = unmapped(address);
	if (isCloudflareAddress(bare)) return null;
	return isIP(bare) === 6 ? `${canonicalAddress(`${groupsOf(bare).slice(0, 4).join(":")}::`)}/64` : bare;
}

/** Two spellings of one IPv6 address differ as text: the URL parser has one canonical form for both. Anything else stays as it is. */
export function canonicalAddress(address: string): string {
	return isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}
