import type { DeskContext } from "../src/desk/context.ts";
import type { Message } from "../src/message/message.ts";
import { chat } from "./chat.ts";
import { labDesk } from "./lab/desk.ts";
import type { Lab } from "./lab/lab.ts";

/** Every kind of reply, by the question that leads to it: recorded as golden files, drawn as pictures. */

/** A message, and who sees it where. */
export interface Standing {
	readonly place: "head" | "thread" | "only for the asker";
	readonly message: Message;
}

/**
 * The messages that a question leaves standing: head, thread, private answers.
 * @param who asks, as the chat shows them
 * @param services that the desk has; none where they are not given
 */
export async function standing(
	lab: Lab,
	question: string,
	now: () => number,
	who?: string,
	services: Partial<Pick<DeskContext, "statusPage" | "globalping" | "accounts" | "stores" | "later">> = {},
): Promise<Standing[]> {
	const out: Standing[] = [];
	const put = (message: Message) => {
		out[0] = { place: "head", message };
	};
	await labDesk(lab, {
		lookOptions: { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 4_000 },
		now,
		...services,
	}).handle(
		question,
		chat({
			workspace: services.accounts == null ? null : "test T1",
			begin: async (message) => put(message),
			location: () => ({ messageRef: "head", threadKey: null }),
			edit: async (ref, message) => {
				if (ref === "head") put(message);
				else out[Number(ref)] = { place: "thread", message };
			},
			update: async (message) => put(message),
			followUp: async (message) => {
				// As messages are shown, by their place in the list.
				return String(out.push({ place: "thread", message }) - 1);
			},
			replyPrivately: async (message) => void out.push({ place: "only for the asker", message }),
			askAddress: async (_url, message) => void out.push({ place: "only for the asker", message }),
		}),
		who,
	);
	return out;
}

/** Pages of the laboratory that people ask about. */
export const SITES: readonly (readonly [name: string, path: string])[] = [
	["closes-empty", "/checkout?step=2"],
	["resets", "/"],
	["half-header", "/"],
	["space-in-name", "/"],
	["ssh-banner", "/"],
	["huge-headers", "/"],
	["cut-content", "/"],
	["silent", "/"],
	["own-500", "/"],
	["own-502", "/"],
	["own-504", "/"],
	["own-520", "/"],
	["healthy", "/"],
	["redirects", "/"],
	["xn--mnchen-3ya", "/"],
	["some-urls", "/checkout"],
	["now-and-then", "/"],
	["refuses", "/"],
	["plain-on-tls", "/"],
	["bad-certificate", "/"],
	["times-out", "/"],
	["no-route", "/"],
	["no-dns", "/"],
	["tunnel-down", "/"],
	["worker-throws", "/"],
	["no-script-browser", "/"],
	["blank-502", "/"],
	["cached", "/"],
	["challenged", "/"],
	["blocked", "/"],
	["custom-page", "/"],
	["not-proxied", "/"],
];
export const WHEN = () => Date.UTC(2026, 10, 22, 12);
/** What people type beside pages. */
export const TEXTS: Readonly<Record<string, string>> = {
	"ray-one": "8a7d5e2fbcd1a1c3-DFW",
	"ray-several": "rays so far: a5e6c0a1bcd1a1c3-DFW, a5e6c0a3fca3dbe0-FRA and a5e6c0b0ee7f121c-MRS, again a5e6c0a9bcd2a1c3-DFW",
	"ray-one-place": "a5e6c0a1bcd1a1c3-DFW a5e6c0a3fca3dbe0-DFW",
	"ray-far-apart": "8a7d5e2fbcd1a1c3-DFW and a5e6c0a3fca3dbe0-FRA",
	"ray-page-footer":
		"shop.example | 520: Web server is returning an unknown error. Cloudflare Ray ID: a5e6c0a1bcd1a1c3 • Your IP: 203.0.113.9 • Performance & security by Cloudflare",
	"ray-page-with-time": "shop.example | 520 Ray ID: a5e6c0a1bcd1a1c3 • 2026-11-22 09:02:27 UTC",
	"ray-retired-colo": "a5e6c0a1bcd1a1c3-TXL a5e6c0a3fca3dbe0-EDI",
	"ray-unknown-colo": "a5e6c0a1bcd1a1c3-QQQ",
	"ray-future": "c7c463f309e48dec-VIE",
	"ray-incomplete": "cf-ray: 8a7b2c-LAX",
	"ray-bare": "8a7d5e2fbcd1a1c3",
	help: "help",
	privacy: "privacy",
	offline: "judge shop.example",
	"watch-times": "watch shop.example for ever",
	"numbers-times": "numbers shop.example since tomorrow",
	"watch-nothing": "watch",
	"unwatch-nothing": "unwatch",
	"admin-words": "admin limits many",
	"admin-nowhere": "admin",
	"forget-nothing": "forget",
	empty: " ",
	unknown: "frobnicate <!channel> @everyone *now* `rm -rf` [x](evil)",
	"internal-address": "http://169.254.169.254/latest/meta-data/",
	"no-such-name": "https://nowhere.example/",
	"other-scheme": "ftp://example.com/",
	"other-port": "https://example.com:22/",
	credentials: "https://ann:secret@example.com/",
	"several-sites": "is a.example or b.example down?",
	"explain-nothing": "explain",
	"explain-520": "explain 520",
	"explain-524": "explain 524",
	"explain-1016": "explain 1016",
	"explain-no-page": "explain 999",
	"explain-cause": "explain headers-too-large",
	"explain-finding": "explain content-length-repeated",
	"explain-question": "explain can cloudflare be the cause",
	"origin-without-address": "origin shop.example",
	"origin-by-name": "origin shop.example origin.shop.example",
	"origin-internal": "origin shop.example 10.0.0.5",
	"origin-of-cloudflare": "origin shop.example 104.16.1.1",
	"paste-curl-i": "autopsy HTTP/1.1 200 OK\nContent-Type: text/html\nX Bad: 1\nSet-Cookie: sid=secret123; Path=/\n\n<p>hello",
	"paste-empty-reply":
		"* Connected to shop.example (192.0.2.1) port 80 (#0)\n> GET / HTTP/1.1\n> \n* Empty reply from server\ncurl: (52) Empty reply from server",
	"logs-nginx":
		'logs 2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection while reading upstream, client: 192.0.2.10, server: shop.example\n192.0.2.10 - - [22/Nov/2026:12:00:05 +0000] "GET /cart HTTP/1.1" 200 51 "-" "x"',
	"logs-not-counted":
		'logs 10.0.0.1 - - [22/Nov/2026:12:00:01 +0000] "GET /healthz HTTP/1.1" 200 2 "-" "kube-probe/1.30"\n192.0.2.10 - - [22/Nov/2026:12:00:02 +0000] "GET /cart HTTP/1.1" 200 0 "-" "x"\n192.0.2.10 - - [22/Nov/2026:12:00:03 +0000] "GET /cart HTTP/1.1" 200 0 "-" "x"\n2026-11-22 12:00:04,345 fail2ban.actions [7]: NOTICE  [nginx-limit] Ban 203.0.113.9\n2026-11-22 12:00:05,345 fail2ban.actions [7]: NOTICE  [sshd] Ban 203.0.113.9\nVersions: Node.js v22.9.0',
	"logs-nothing": "logs all is well here",
	"answer-unknown": "answer origin-log perhaps",
	"report-nowhere": "report",
};
