import type { Packet } from "./packets.ts";

/** What of a TCP segment is read. */
export interface Segment {
	/** Names its connection and its direction. */
	readonly key: string;
	/** The same of the other direction. */
	readonly otherKey: string;
	readonly fromPort: number;
	readonly toPort: number;
	readonly seq: number;
	/** null: it confirms nothing. */
	readonly ack: number | null;
	readonly syn: boolean;
	readonly fin: boolean;
	readonly rst: boolean;
	/** What was recorded of its data. */
	readonly data: Buffer;
	/** How much data it carried. */
	readonly wireBytes: number;
	readonly atMs: number;
}

/** What is in a packet that is not a TCP segment as it can be read: named, never guessed at. */
export type Unread = "fragment" | "tunnel" | "extension-header" | "link-type" | "short" | "other";

/** How packets of each link type begin: how long that is, and where it tells the protocol (null: the packet itself does). */
const LINKS: ReadonlyMap<number, { readonly head: number; readonly protocolAt: number | null }> = new Map([
	// Ethernet
	[1, { head: 14, protocolAt: 12 }],
	// BSD loopback, in the byte order of the machine and of the network
	[0, { head: 4, protocolAt: null }],
	[108, { head: 4, protocolAt: null }],
	// raw IP, by all its numbers
	[12, { head: 0, protocolAt: null }],
	[14, { head: 0, protocolAt: null }],
	[101, { head: 0, protocolAt: null }],
	[228, { head: 0, protocolAt: null }],
	[229, { head: 0, protocolAt: null }],
	// Linux cooked, 1 and 2
	[113, { head: 16, protocolAt: 14 }],
	[276, { head: 20, protocolAt: 0 }],
]);
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const VLANS_MAX = 4;

/** The TCP segment in a packet. Total. */
export function readSegment(packet: Packet): Segment | Unread {
	const link = LINKS.get(packet.linkType);
	if (link === undefined) return "link-type";
	const { bytes } = packet;
	let at = link.head;
	if (bytes.length < at) return "short";
	if (link.protocolAt !== null) {
		let protocol = bytes.readUInt16BE(link.protocolAt);
		for (let tags = 0; VLAN.has(protocol) && tags < VLANS_MAX; tags += 1) {
			if (bytes.length < at + 4) return "short";
			protocol = bytes.readUInt16BE(at + 2);
			at += 4;
		}
		if (protocol !== IPV4 && protocol !== IPV6) return "other";
	}
	if (bytes.length <= at) return "short";
	const version = (bytes[at] ?? 0) >> 4;
	return version === 4 ? inIpv4(packet, at) : version === 6 ? inIpv6(packet, at) : "other";
}

function inIpv4(packet: Packet, at: number): Segment | Unread {
	const { bytes } = packet;
	const head = ((bytes[at] ?? 0) & 15) * 4;
	if (head < 20 || bytes.length < at + head) return "short";
	if ((bytes.readUInt16BE(at + 6) & 0x3fff) !== 0) return "fragment";
	const total = bytes.readUInt16BE(at + 2);
	// Segments that the network card would have cut up have no length yet.
	const end = at + (total === 0 ? packet.wireBytes - at : total);
	const protocol = bytes[at + 9] ?? 0;
	if (protocol !== TCP) return otherThanTcp(bytes, protocol, at + head);
	return inTcp(packet, at + 12, 4, at + head, end);
}

function inIpv6(packet: Packet, at: number): Segment | Unread {
	const { bytes } = packet;
	if (bytes.length < at + 40) return "short";
	const length = bytes.readUInt16BE(at + 4);
	const end = length === 0 ? packet.wireBytes : at + 40 + length;
	let next = bytes[at + 6] ?? 0;
	let here = at + 40;
	// Headers that only add something, each with its own length.
	for (let headers = 0; EXTENSIONS.has(next) && headers < EXTENSIONS_MAX; headers += 1) {
		if (bytes.length < here + 8) return "short";
		next = bytes[here] ?? 0;
		here += ((bytes[here + 1] ?? 0) + 1) * 8;
	}
	if (next === FRAGMENT) return "fragment";
	if (next !== TCP) return otherThanTcp(bytes, next, here);
	return inTcp(packet, at + 8, 16, here, end);
}

const TCP = 6;
const UDP = 17;
const FRAGMENT = 44;
/** Hop-by-hop, routing and destination options. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const EXTENSIONS_MAX = 8;
/** Others that hide what follows: mobility, authentication, encryption. */
const HIDING: ReadonlySet<number> = new Set([50, 51, 135, 139, 140]);
/** IP in IP, IPv6 in IP, GRE. */
const TUNNELS: ReadonlySet<number> = new Set([4, 41, 47]);
/** VXLAN, by its port and Linux's former one, and Geneve. */
const TUNNEL_PORTS: ReadonlySet<number> = new Set([4_789, 8_472, 6_081]);

function otherThanTcp(bytes: Buffer, protocol: number, at: number): Unread {
	if (TUNNELS.has(protocol)) return "tunnel";
	if (protocol === UDP && bytes.length >= at + 4 && TUNNEL_PORTS.has(bytes.readUInt16BE(at + 2))) return "tunnel";
	return HIDING.has(protocol) ? "extension-header" : "other";
}

/** @param from where both addresses are, each so many bytes; @param end where the IP packet ends on the wire: what follows fills it up */
function inTcp(packet: Packet, from: number, addressBytes: number, at: number, end: number): Segment | Unread {
	const { bytes } = packet;
	if (bytes.length < at + FLAGS_END) return "short";
	const dataAt = at + ((bytes[at + 12] ?? 0) >> 4) * 4;
	if (dataAt < at + TCP_HEAD_MIN || dataAt > end) return "short";
	const sender = bytes.toString("latin1", from, from + addressBytes);
	const receiver = bytes.toString("latin1", from + addressBytes, from + 2 * addressBytes);
	const senderPort = bytes.toString("latin1", at, at + 2);
	const receiverPort = bytes.toString("latin1", at + 2, at + 4);
	const flags = bytes[at + 13] ?? 0;
	return {
		key: sender + receiver + senderPort + receiverPort,
		otherKey: receiver + sender + receiverPort + senderPort,
		fromPort: bytes.readUInt16BE(at),
		toPort: bytes.readUInt16BE(at + 2),
		seq: bytes.readUInt32BE(at + 4),
		ack: (flags & 0x10) === 0 ? null : bytes.readUInt32BE(at + 8),
		syn: (flags & 0x02) !== 0,
		fin: (flags & 0x01) !== 0,
		rst: (flags & 0x04) !== 0,
		data: bytes.subarray(Math.min(dataAt, bytes.length), Math.min(end, bytes.length)),
		wireBytes: end - dataAt,
		atMs: packet.atMs,
	};
}

const FLAGS_END = 14;
const TCP_HEAD_MIN = 20;
