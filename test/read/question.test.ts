import assert from "node:assert/strict";
import { test } from "node:test";
import { hear } from "../../src/read/text/hear.ts";
import { readQuestion } from "../../src/read/text/question.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

/** What a text is read as, in one word or two. */
function gist(text: string, reader: typeof hear = readQuestion): string {
	const read = reader(text, NOW);
	switch (read.kind) {
		case "site":
		case "headers":
			return `${read.kind} ${read.target.url}`;
		case "rays":
			return `rays ${read.found.rays.map((ray) => `${ray.id}-${ray.colo}`).join(" ")}${read.target === null ? "" : ` at ${read.target.host}`}`;
		case "explain":
			return `explain ${read.topic}`;
		case "origin":
			return `origin ${read.target.url} at ${read.addresses.map((one) => `${one.address}${one.port === null ? "" : `:${one.port}`}`).join(" ")}`.trimEnd();
		case "autopsy":
			return `paste ${read.paste.kind} ${/^HTTP\/1\.\d (\d+)/.exec(Buffer.from(read.paste.bytes).toString("latin1"))?.[1] ?? "none"}`;
		case "watch":
			return `watch ${read.target.url} for ${read.forMs / 1_000} s every ${read.everyMs / 1_000} s${read.alone ? " alone" : ""}`;
		case "unwatch":
			return `unwatch ${read.target?.url ?? ""}`.trimEnd();
		case "admin":
			return `admin ${JSON.stringify(read.change)}`;
		case "forget":
			return `forget ${read.host}`;
		case "misread":
			return `misread ${read.why}${read.why === "target" ? ` ${read.refusal.why}` : ""}`;
		default:
			return read.kind;
	}
}

const RAY = "8a7d5e2fbcd1a1c3";
const cases: readonly (readonly [what: string, text: string, gist: string])[] = [
	["a bare host", "example.com", "site https://example.com/"],
	["a URL with path, port and query", "https://example.com:8443/a/b?c=d#e", "site https://example.com:8443/a/b?c=d"],
	["http is kept", "http://example.com", "site http://example.com/"],
	["an internationalised name", "münchen.example/über", "site https://xn--mnchen-3ya.example/%C3%BCber"],
	["a host in backticks with a full stop", "`example.com`.", "site https://example.com/"],
	["a sentence with one site in it", "hey, why is https://shop.example/cart down?", "site https://shop.example/cart"],
	["a sentence with two sites in it", "is a.example or b.example down?", "misread several"],
	["an IPv4 address", "93.184.216.34", "site https://93.184.216.34/"],
	["an odd spelling of an IPv4 address", "http://0x7f.1/", "site http://127.0.0.1/"],
	["a Ray ID", `${RAY}-DFW`, `rays ${RAY}-DFW`],
	["a Ray ID typed in small letters", `${RAY}-dfw`, `rays ${RAY}-DFW`],
	["a Ray ID in upper case", `${RAY.toUpperCase()}-DFW`, `rays ${RAY}-DFW`],
	["ray and a bare id", `ray ${RAY}`, `rays ${RAY}-null`],
	["a label and a bare id", `Ray ID: ${RAY}`, `rays ${RAY}-null`],
	["several ids", `${RAY}-DFW, 9280b115fca3dbe0-FRA`, `rays ${RAY}-DFW 9280b115fca3dbe0-FRA`],
	[
		"an error page's footer",
		`shop.example | 520 Cloudflare Ray ID: ${RAY} • Your IP: 203.0.113.9 • Performance & security by Cloudflare`,
		`rays ${RAY}-null at shop.example`,
	],
	["a bare hex string", RAY, "misread bare-hex"],
	["a card number", "4111111111111111", "misread bare-hex"],
	["a broken Ray ID", "8a7b2c-LAX", "misread not-a-ray"],
	["an id from the future", "c7c463f309e48dec-VIE", "misread not-a-ray"],
	["headers", "headers example.com/x", "headers https://example.com/x"],
	["headers of nothing", "headers", "misread needs"],
	["explain", "explain 520", "explain 520"],
	["explain, shouted", "EXPLAIN 1016", "explain 1016"],
	["a number alone", "524", "explain 524"],
	["explain nothing", "explain", "misread needs"],
	["help", "help", "help"],
	["a question mark", "?", "help"],
	["privacy", "privacy", "privacy"],
	["nothing", "   ", "misread empty"],
	["a word", "hello", "misread unknown"],
	["an unknown verb", "frobnicate the site", "misread unknown"],
	["a watch", "watch example.com/a", "watch https://example.com/a for 1800 s every 60 s"],
	["a watch with its times", "watch example.com for 2h every 90s", "watch https://example.com/ for 7200 s every 90 s"],
	[
		"a watch in other words",
		"watch example.com every 5 minutes for 45 privately",
		"watch https://example.com/ for 2700 s every 300 s alone",
	],
	["a watch that wants too much", "watch example.com for 99999h every 1s", "watch https://example.com/ for 86400 s every 30 s"],
	...(
		[
			["an hour", 3_600],
			["one hour", 3_600],
			["half an hour", 1_800],
			["half hour", 1_800],
			["a day", 86_400],
			["two hours", 7_200],
			["twelve hours", 43_200],
			["seven minutes", 420],
			["2 hours", 7_200],
		] as const
	).map(
		([time, s]) =>
			[`a watch for ${time}`, `watch example.com for ${time}`, `watch https://example.com/ for ${s} s every 60 s`] as const,
	),
	["a watch every hour", "watch example.com every hour for a day", "watch https://example.com/ for 86400 s every 3600 s"],
	["a watch every half a minute", "watch example.com every half a minute", "watch https://example.com/ for 1800 s every 30 s"],
	["a watch, politely", "please watch example.com for an hour", "watch https://example.com/ for 3600 s every 60 s"],
	[
		"a watch, asked for",
		"can you watch example.com for two hours privately",
		"watch https://example.com/ for 7200 s every 60 s alone",
	],
	["a watch for ever", "watch example.com for ever", "misread watch-times"],
	["a watch with something behind it", "watch example.com please", "misread watch-times"],
	["a watch of nothing", "watch", "misread needs"],
	["a watch of an internal name", "watch ftp://example.com/", "misread target scheme"],
	["the end of a watch", "unwatch", "unwatch"],
	["the end of one watch", "unwatch example.com", "unwatch https://example.com/"],
	["what admins decided", "admin", "admin null"],
	["a channel", "admin channels here", 'admin {"what":"channels","to":"here"}'],
	["channels by id", "admin channels C012AB C034CD", 'admin {"what":"channels","to":["C012AB","C034CD"]}'],
	[
		"hosts for origin looks",
		"admin origins *.Shop.example, b.example",
		'admin {"what":"origins","to":["shop.example","b.example"]}',
	],
	[
		"limits, beyond what may be",
		"admin limits person 5 workspace 100000",
		'admin {"what":"limits","to":{"perPerson":5,"perWorkspace":600}}',
	],
	["no limit at all", "admin limits person 0", "misread admin-words"],
	["privacy", "admin privacy private", 'admin {"what":"privacy","privately":true}'],
	["retention", "admin retention 14 days", 'admin {"what":"retention","days":14}'],
	["a host to forget", "forget shop.example", "forget shop.example"],
	["a sentence that begins with admin", "admin says shop.example is down", "site https://shop.example/"],
	["a sentence that begins with forget", "forget it, shop.example is fine", "site https://shop.example/"],
	["a verb of the terminal", "judge example.com", "misread offline"],
	["an origin and its address", "origin https://example.com/a 93.184.216.34", "origin https://example.com/a at 93.184.216.34"],
	[
		"an origin's address with a port",
		"origin example.com 93.184.216.34:8443",
		"origin https://example.com/ at 93.184.216.34:8443",
	],
	["two addresses", "origin example.com 93.184.216.34 2606:2800::1", "origin https://example.com/ at 93.184.216.34 2606:2800::1"],
	["an IPv6 address with a port", "origin example.com [2606:2800::1]:8443", "origin https://example.com/ at 2606:2800::1:8443"],
	["an origin whose address is to be asked for", "origin example.com", "origin https://example.com/ at"],
	["an origin by name", "origin example.com origin.example.com", "misread origin-address"],
	["a port out of range", "origin example.com 93.184.216.34:99999", "misread origin-address"],
	["three addresses", "origin example.com 1.2.3.4 1.2.3.5 1.2.3.6", "misread origin-address"],
	["an origin of nothing", "origin", "misread needs"],
	["a raw response", "autopsy HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 5\n\nhello", "paste curl -i 200"],
	["what curl printed, without a verb", "HTTP/1.1 200 OK\nX Bad: 1\n\nhello", "paste curl -i 200"],
	["a paste in which there is no response", "autopsy something else", "misread not-a-paste"],
	["only what curl said", "curl: (52) Empty reply from server", "paste curl -i none"],
	["a sentence that begins with such a word", "watch out, shop.example is down", "site https://shop.example/"],
	["Cloudflare's sample of an error", "https://example.com/cdn-cgi/error/520", "misread target cloudflares-own"],
	["the same in a sentence", "why does https://example.com/cdn-cgi/error/520 fail?", "misread target cloudflares-own"],
	["another scheme", "ftp://example.com/", "misread target scheme"],
	["a script", "javascript:alert(1)", "misread target scheme"],
	["credentials in a URL", "https://user:pw@example.com/", "misread target credentials"],
	["an e-mail address", "ann@example.com", "misread target credentials"],
	["a backslash in a URL", "https:\\\\example.com", "misread target not-a-url"],
	["a label that is too long", `${"a".repeat(64)}.example`, "misread target not-a-url"],
	["a URL that is too long", `https://example.com/${"a".repeat(2100)}`, "misread target too-long"],
	["a megabyte and more", "x".repeat(1_000_001), "misread too-long"],
	["null bytes", "\0\0\0", "misread unknown"],
	["40,000 characters of nothing", "x ".repeat(20_000), "misread unknown"],
];
for (const [what, text, expected] of cases)
	test(`${what} is read as ${expected.split(" ").slice(0, 2).join(" ")}, and heard the same behind a mention`, () => {
		assert.equal(gist(text), expected);
		// A mention that is taken off leaves a blank.
		assert.equal(gist(` ${text}`, hear), gist(text, hear));
	});

/** Where everything in a text says more than the grammar. */
const HEARD: Readonly<Record<string, string>> = {
	"a bare hex string": "misread bare-hex",
};
for (const [what, text, expected] of cases)
	test(`with everything in it, ${what} is heard as ${expected.split(" ").slice(0, 2).join(" ")}`, () =>
		assert.equal(gist(text, hear), HEARD[what] ?? expected));

for (const [what, text, expected] of [
	["a code alone", "Error 520", "explain 520"],
	[
		"an exception with its URL",
		"requests.exceptions.HTTPError: 520 Server Error:  for url: https://api.shop.example/v1",
		"site https://api.shop.example/v1",
	],
	[
		"an exception without one",
		"System.Net.Http.HttpRequestException: Response status code does not indicate success: 520 ().",
		"explain 520",
	],
	["names of programs and no code", "java.net.SocketException in com.shop.Front and sun.nio.ch.Net", "misread unknown"],
	[
		"a log line with a Ray ID",
		`172.68.1.2 - - [22/Nov/2026:09:14:07 +0000] "GET /cart HTTP/1.1" 444 0 "-" "x" cfray=${RAY}-FRA`,
		"logs",
	],
	["what the printed command says", "status 000, 0 bytes of headers\ncurl exit 52", "paste curl -i none"],
	[
		"an alert with its monitor",
		"Shop is DOWN: 520\nURL: https://shop.example/pay\nhttps://dashboard.uptimerobot.com/monitors/7",
		"site https://shop.example/pay",
	],
	["an origin in a sentence", "Origin is fine but shop.example shows error 520", "site https://shop.example/"],
	["an explanation of a site", "explain to me why https://shop.example/pay is a 520", "site https://shop.example/pay"],
	["headers of a pasted response", `Headers:\nHTTP/2 520 \nserver: cloudflare\ncf-ray: ${RAY}-FRA`, `rays ${RAY}-FRA`],
	["a slip in a verb", "explian 520", "explain 520"],
	["a scheme with one slash", "http:/shop.example", "site http://shop.example/"],
	["a comma for the dot", "shop,example", "site https://shop.example/"],
	["a fenced response", "```HTTP/1.1 200 OK\nServer: nginx\nContent-Length: 5\n\nhello```", "paste curl -i 200"],
	["two sites that fail alike", "https://a.example/x and https://b.example/x both answer 520", "misread several"],
] as const)
	test(`${what} is heard as ${expected.split(" ").slice(0, 2).join(" ")}, also behind a mention`, () => {
		assert.equal(gist(text, hear), expected);
		assert.equal(gist(` ${text}`, hear), expected);
	});
