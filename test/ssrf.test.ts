import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { ranges } from "../src/looks/addresses.ts";
import type { GuardRules } from "../src/looks/guard.ts";
import { LOOKUP_TURNS, openResolver } from "../src/looks/lookup.ts";
import { readAction } from "../src/read/action.ts";
import { chat } from "./chat.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { openNameServer } from "./lab/name-server.ts";
import { closed } from "./lab/origin.ts";

/**
 * Whatever is typed, pasted or pressed: no packet leaves for an internal IP address. Proved twice: a listener on this machine stays silent,
 * and not a single socket is opened.
 */

/** A port that Cloudflare proxies, so that the port is not why something is refused. */
const PORT = 8880;

/**
 * Every range that is special, written out here a second time: a row that is lost there fails here. The registries are
 * https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry.
 */
const RANGES = [
	"0.0.0.0/8",
	"10.0.0.0/8",
	"100.64.0.0/10",
	"127.0.0.0/8",
	"161.26.0.0/16",
	"166.8.0.0/14",
	"168.63.129.16/32",
	"169.254.0.0/16",
	"172.16.0.0/12",
	"192.0.0.0/24",
	"192.0.2.0/24",
	"192.31.196.0/24",
	"192.52.193.0/24",
	"192.80.8.124/32",
	"192.88.99.0/24",
	"192.168.0.0/16",
	"192.175.48.0/24",
	"198.18.0.0/15",
	"198.51.100.0/24",
	"203.0.113.0/24",
	"224.0.0.0/4",
	"240.0.0.0/4",
	"255.255.255.255/32",
	"::/128",
	"::1/128",
	"::/96",
	"64:ff9b:1::/48",
	"100::/64",
	"100:0:0:1::/64",
	"200::/7",
	"400::/6",
	"800::/5",
	"1000::/4",
	"2001::/32",
	"2001:2::/48",
	"2001:3::/32",
	"2001:4:112::/48",
	"2001:10::/28",
	"2001:20::/28",
	"2001:30::/28",
	"2001::/23",
	"2001:db8::/32",
	"2002::/16",
	"2620:4f:8000::/48",
	"3fff::/20",
	"4000::/3",
	"5f00::/16",
	"6000::/3",
	"8000::/1",
	"fc00::/7",
	"fe80::/10",
	"fec0::/10",
	"ff00::/8",
];

/** The first and the last address of a range. */
function endsOf(range: string): readonly string[] {
	const [address = "", bits = ""] = range.split("/");
	const v6 = address.includes(":");
	const [width, size] = v6 ? [16, 8] : [8, 4];
	const [left = "", right = ""] = address.split("::");
	const numbers = (text: string) =>
		text === "" ? [] : text.split(v6 ? ":" : ".").map((one) => Number.parseInt(one, v6 ? 16 : 10));
	const [a, b] = [numbers(left), numbers(right)];
	const first = [...a, ...Array.from({ length: size - a.length - b.length }, () => 0), ...b];
	const last = first.map((number, nth) => {
		const host = Math.max(0, Math.min(width, width * (nth + 1) - Number(bits)));
		return number | (2 ** host - 1);
	});
	return [first, last].map((all) => all.map((one) => one.toString(v6 ? 16 : 10)).join(v6 ? ":" : "."));
}

const ENDS = RANGES.flatMap(endsOf);
const SPECIAL_V4 = [...ENDS.filter((address) => !address.includes(":")), "100.100.100.200", "169.254.169.254", "192.0.0.192"];
/** What an IPv6 address has to be, to carry an IPv4 address as two groups. */
const CARRIERS = [
	(v4: string) => `::ffff:${v4}`,
	(v4: string) => `::ffff:0:${v4}`,
	(v4: string) => `::${v4}`,
	(v4: string) => `64:ff9b::${v4}`,
	(v4: string) => `64:ff9b:1::${v4}`,
	(v4: string) => `2002:${v4}::1`,
	(v4: string) => `2001:0:${v4}::1`,
	(v4: string) => `2606:2800:220:1:0:5efe:${v4}`,
	(v4: string) => `2606:2800:220:1:200:5efe:${v4}`,
];
const groups = (v4: string) => {
	const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
	return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};
const SPECIAL_V6 = [
	...ENDS.filter((address) => address.includes(":")),
	...["127.0.0.1", "10.0.0.1", "169.254.169.254", "168.63.129.16", "192.168.255.255"].flatMap((v4) =>
		CARRIERS.map((carry) => carry(groups(v4))),
	),
	"0:0:0:0:0:0:0:1",
	"0000:0000:0000:0000:0000:0000:0000:0001",
	"::127.0.0.1",
	"::ffff:127.0.0.1",
	"::FFFF:7F00:0001",
	"0:0:0:0:0:ffff:127.0.0.1",
	"::ffff:0:127.0.0.1",
	"64:ff9b::127.0.0.1",
	"fd00:ec2::254",
	"fd20:ce::254",
	"fe80::5efe:93.184.216.34",
];
/** One address, spelled in every way that some parser takes. */
const SPELLINGS = [
	"127.1",
	"127.0.1",
	"127.0.0.1.",
	"2130706433",
	"0x7f000001",
	"0X7F000001",
	"0x7f.0x0.0x0.0x1",
	"0x7f.1",
	"0x7f.0.0.1",
	"017700000001",
	"0177.0.0.1",
	"0177.1",
	"0177.0.0x0.1",
	"00000177.0.0.1",
	"127.0.0.0x1",
	"127.0x000001",
	"1.0.0.127.in-addr.arpa",
	"%31%32%37.0.0.1",
	"%31%32%37%2e%30%2e%30%2e%31",
	"127%2E0%2E0%2E1",
	"１２７.0.0.1",
	"①②⑦.⓪.⓪.①",
	"127。0。0。1",
	"127．0．0．1",
	"127｡0｡0｡1",
	"𝟏𝟐𝟕.𝟎.𝟎.𝟏",
	"127.0.0.1%00",
	"127.0.0.1%0d%0a",
	"0",
	"0.0",
	"00000000",
	"0x0",
	"0000",
	"0300.0250.0.1",
	"0xc0a80001",
	"3232235521",
	"2852039166",
	"0xa9fea9fe",
	"0251.0376.0251.0376",
	"0xA9.0xFE.0xA9.0xFE",
	"169.254.43518",
	"10.1",
	"167772161",
	"0xa000001",
	"012.0.0.1",
];
const NAMES = [
	"localhost",
	"LOCALHOST",
	"localhost.",
	"a.localhost",
	"x.y.localhost",
	"ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
	"localhost.localdomain.local",
	"printer.local",
	"metadata.google.internal",
	"metadata.internal",
	"vault.service.internal",
	"wiki.intranet",
	"router.lan",
	"nas.home",
	"ad.corp",
	"x.onion",
	"4.3.2.1.in-addr.arpa",
	"kubernetes.default.svc.cluster.local",
	"instance-data.ec2.internal",
	"nothing.invalid",
];
/** Names whose answers lead inside, all or one of them. */
const RESOLVING: Readonly<Record<string, readonly string[]>> = {
	"loopback.example": ["127.0.0.1"],
	"private.example": ["10.1.2.3"],
	"metadata.example": ["169.254.169.254"],
	"six.example": ["::1"],
	"mapped.example": ["::ffff:127.0.0.1"],
	"nat64.example": ["64:ff9b::7f00:1"],
	"translated.example": ["::ffff:0:7f00:1"],
	"isatap.example": ["2606:2800:220:1:0:5efe:10.0.0.1"],
	"azure.example": ["93.184.216.34", "168.63.129.16"],
	"sixtofour.example": ["2002:7f00:1::"],
	"teredo.example": ["2001:0:7f00:1::"],
	"zone.example": ["fe80::1%lo"],
	"one-bad.example": ["93.184.216.34", "127.0.0.1"],
	"last-bad.example": [...Array.from({ length: 63 }, (_, nth) => `93.184.216.${nth + 1}`), "::1"],
	"six-bad.example": ["93.184.216.34", "fd00::1"],
	"nonsense.example": ["not an address"],
	"zero.example": ["0.0.0.0"],
	"broadcast.example": ["255.255.255.255"],
	"ula.example": ["fd12:3456::1"],
};
/** Parsers that disagree about where the host is. */
const TRICKS = [
	`http://example.com@127.0.0.1:${PORT}/`,
	`http://example.com:80@127.0.0.1:${PORT}/`,
	`http://example.com%40127.0.0.1:${PORT}/`,
	`http://127.0.0.1:${PORT}#@example.com/`,
	`http://127.0.0.1:${PORT}?@example.com/`,
	`http://127.0.0.1:${PORT}\\@example.com/`,
	`http:\\\\127.0.0.1:${PORT}\\`,
	`http:/127.0.0.1:${PORT}/`,
	`http:127.0.0.1:${PORT}`,
	`http:///127.0.0.1:${PORT}/`,
	`//127.0.0.1:${PORT}/`,
	`http://127.0.0.1:${PORT}:80/`,
	`http://[::1]:${PORT}/`,
	`http://[::ffff:127.0.0.1]:${PORT}/`,
	`http://[::1%25lo]:${PORT}/`,
	`http://[::1%lo]:${PORT}/`,
	`HTTP://127.0.0.1:${PORT}/`,
	`hTtPs://127.0.0.1:${PORT}/`,
	`https://127.0.0.1:${PORT}/`,
	`http://127.0.0.1:0${PORT}/`,
	"http://127.0.0.1:008880/",
	`http://user:pw@127.0.0.1:${PORT}/`,
	`http://@127.0.0.1:${PORT}/`,
	`http://:@127.0.0.1:${PORT}/`,
	`\thttp://127.0.0.1:${PORT}/`,
	`http://127.0.0.1:${PORT}/..//..`,
	`http://12\t7.0.0.1:${PORT}/`,
	`http://127.0.0.1\u00ad:${PORT}/`,
	`http://\u200b127.0.0.1:${PORT}/`,
	`ftp://127.0.0.1:${PORT}/`,
	`gopher://127.0.0.1:${PORT}/_x`,
	`file:///etc/passwd`,
	`jar:http://127.0.0.1:${PORT}!/`,
	`dict://127.0.0.1:${PORT}/`,
	`ws://127.0.0.1:${PORT}/`,
	`unix:/var/run/docker.sock`,
	`http://127.0.0.1:22/`,
	`http://example.com:22/`,
	`http://example.com:6379/`,
	`http://example.com:25/`,
	`http://example.com:0/`,
	`http://example.com:65536/`,
];
/** The same in every other way into the looks. */
const WAYS = [
	`headers http://127.0.0.1:${PORT}/`,
	`watch http://127.0.0.1:${PORT}/ for 1h`,
	`watch http://loopback.example:${PORT}/`,
	`unwatch http://127.0.0.1:${PORT}/`,
	`origin example.com 127.0.0.1:${PORT}`,
	`origin example.com 10.0.0.1`,
	`origin example.com [::1]:${PORT}`,
	`origin example.com ::1`,
	`origin example.com ::ffff:127.0.0.1`,
	`origin example.com 169.254.169.254`,
	`origin example.com 64:ff9b::7f00:1`,
	`origin example.com 168.63.129.16`,
	`origin example.com ::ffff:0:7f00:1`,
	`origin example.com 2606:2800:220:1:0:5efe:a00:1`,
	`origin example.com 2130706433`,
	`origin example.com 0x7f000001`,
	`origin example.com 0177.0.0.1`,
	`origin example.com 127.1`,
	`origin example.com localhost`,
	`origin example.com 93.184.216.34:22`,
	`origin example.com 93.184.216.34 127.0.0.1`,
	`origin http://127.0.0.1:${PORT}/ 127.0.0.1:${PORT}`,
	`why does http://127.0.0.1:${PORT}/admin fail?`,
	`Error 520 on http://127.0.0.1:${PORT}/ please look`,
	`<http://127.0.0.1:${PORT}/|example.com>`,
	`[example.com](http://127.0.0.1:${PORT}/)`,
];

const inUrl = (host: string) => `http://${host.includes(":") ? `[${host}]` : host}:${PORT}/`;
const TEXTS: readonly string[] = [
	...new Set([
		...SPECIAL_V4.map(inUrl),
		...SPECIAL_V6.map(inUrl),
		...SPELLINGS.map(inUrl),
		...NAMES.map(inUrl),
		...Object.keys(RESOLVING).map(inUrl),
		...TRICKS,
		...WAYS,
	]),
];

describe("nothing leaves for an internal address", () => {
	let lab: Lab;
	let listeners: Server[];
	let heard = 0;
	let opened = 0;
	const counting = () => {
		opened += 1;
	};
	const rules = (changes: Partial<GuardRules> = {}): GuardRules => ({
		allow: null,
		resolve: new Map(),
		resolver: async (host) => {
			const found = RESOLVING[host];
			if (found === undefined) throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
			return found;
		},
		...changes,
	});
	before(async () => {
		lab = await openLab();
		listeners = ["127.0.0.1", "::1"].map((host) =>
			createServer((socket) => {
				heard += 1;
				socket.destroy();
			}).listen(PORT, host),
		);
		await Promise.all(listeners.map((one) => once(one, "listening")));
	});
	after(async () => {
		await Promise.all(listeners.map((one) => closed(one, [])));
		await lab.close();
	});

	it("there are enough of them", () => assert.ok(TEXTS.length >= 150, String(TEXTS.length)));

	for (const text of TEXTS) {
		it(`${JSON.stringify(text)}`, async () => {
			const publicly: string[] = [];
			const note = async () => void publicly.push("public");
			opened = 0;
			heard = 0;
			subscribe("net.client.socket", counting);
			try {
				const { kind } = await labDesk(lab, { rules: rules() }).handle(
					text,
					chat({
						begin: note,
						update: note,
						followUp: async () => {
							await note();
							return null;
						},
					}),
				);
				assert.ok(kind === "refused" || kind === "misread", kind);
			} finally {
				unsubscribe("net.client.socket", counting);
			}
			assert.deepEqual([opened, heard, publicly], [0, 0, []]);
		});
	}

	for (const value of [
		`k:http://127.0.0.1:${PORT}/`,
		"k:javascript:alert(1)",
		`k:http://loopback.example:${PORT}/`,
		"k:",
		`k:${"x".repeat(2_090)}`,
	]) {
		it(`a button that says ${value.slice(0, 40)}`, async () => {
			const press = readAction(value);
			assert.ok(press !== null && press.do === "watch");
			opened = 0;
			subscribe("net.client.socket", counting);
			try {
				await labDesk(lab, { rules: rules() }).handle(press, chat(), "ann");
			} finally {
				unsubscribe("net.client.socket", counting);
			}
			assert.deepEqual([opened, heard], [0, 0]);
		});
	}

	it("a connection that leads elsewhere than to the checked address is dropped before a byte is sent", async () => {
		// The system connects 0.0.0.0 to loopback: checked was one address, and another one answers.
		let bytes = 0;
		const elsewhere = createServer((socket) => {
			socket
				.on("error", () => {})
				.on("data", (data) => {
					bytes += data.length;
				});
		}).listen(0, "127.0.0.1");
		await once(elsewhere, "listening");
		const address = elsewhere.address();
		const port = typeof address === "object" && address !== null ? address.port : 0;
		try {
			const { reply } = await labDesk(lab, { rules: rules({ allow: ranges(["0.0.0.0"]) }) }).handle(
				`http://0.0.0.0:${port}/`,
				chat(),
			);
			assert.match(JSON.stringify(reply.data), /EADDRMISMATCH/);
			assert.equal(bytes, 0);
		} finally {
			await closed(elsewhere, []);
		}
	});

	it("a redirect inside is told, and not followed", async () => {
		heard = 0;
		const { reply } = await labDesk(lab).handle(lab.url("redirects"), chat());
		assert.match(JSON.stringify(reply.head), /redirect/);
		assert.equal(heard, 0);
	});

	it("a name server that answers differently each time: one answer counts, and only that is connected to", async () => {
		// The laboratory may be looked at by 127.0.0.2; 127.0.0.1 is what the second answer wants reached.
		let asked = 0;
		const names = await openNameServer(({ type }) => {
			if (type !== "A") return {};
			asked += 1;
			return { addresses: [[127, 0, 0, asked === 1 ? 2 : 1]] };
		});
		let welcome = 0;
		const visitors = new Set<Socket>();
		const allowed = createServer((socket) => {
			welcome += 1;
			visitors.add(socket);
			socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
		}).listen(PORT, "127.0.0.2");
		await once(allowed, "listening");
		const resolver = openResolver({
			servers: [names.at],
			hosts: () => null,
			now: () => performance.now(),
			later: () => () => {},
			turns: LOOKUP_TURNS,
		});
		const desk = labDesk(lab, { rules: rules({ allow: ranges(["127.0.0.2"]), resolver }) });
		heard = 0;
		try {
			const first = await desk.handle(`http://rebinds.example:${PORT}/`, chat());
			assert.deepEqual([first.kind, asked, heard, welcome >= 5], ["answered", 1, 0, true]);
			const second = await desk.handle(`http://rebinds.example:${PORT}/again`, chat());
			assert.deepEqual([second.kind, asked, heard], ["refused", 2, 0]);
		} finally {
			await names.close();
			await closed(allowed, visitors);
		}
	});
});
