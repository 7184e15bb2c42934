import type { EvidenceKey } from "../evidence.ts";
import type { CauseId } from "./causes.ts";

/**
 * P(answer | cause), in five levels and with the mechanism that each comes from. A row is normalised over the values of its key; a value
 * that it does not name is NEVER. A cause without a row for a key behaves as most faults do ({@link USUALLY}).
 */
export interface Row {
	readonly values: Readonly<Record<string, Level>>;
	readonly why: string;
}

const NEVER = 0.02;
const RARE = 0.1;
const SOME = 0.3;
const USUAL = 0.6;
const ALWAYS = 0.9;
export type Level = number;
export const LEVEL_NEVER: Level = NEVER;
export const LEVEL_RARE: Level = RARE;

/** What faults do that a key says nothing about; also the noise that every row is mixed with. Values that are not named are RARE (direct-origin: half of that). */
export const USUALLY: Readonly<Record<EvidenceKey, Row>> = {
	"edge-pattern": {
		values: {
			all: SOME,
			"some-urls": SOME,
			"some-visitors": RARE,
			random: SOME,
			bursts: RARE,
			"after-idle": RARE,
			"not-reproduced": SOME,
		},
		why: "judged; shape as public cases, levels only",
	},
	"direct-origin": {
		values: { ok: USUAL, "closed-empty": SOME },
		why: "most origins answer a plain look; a silent close is the commonest fault (public cases); every other value rare",
	},
	variants: { values: { same: SOME }, why: "most faults do not follow a variant; each single variant rare" },
	"time-to-failure": {
		values: { instant: USUAL, seconds: SOME, "round-number": RARE, "two-minutes": RARE },
		why: "most wire faults show at once",
	},
	"origin-log": {
		values: {
			"complete-200": SOME,
			nothing: SOME,
			crash: RARE,
			"refused-or-444": RARE,
			"client-closed-499": RARE,
			"no-access": RARE,
		},
		why: "200 or no line are the two ordinary findings (public cases)",
	},
	"who-is-hit": { values: { everyone: USUAL }, why: "most faults do not look at the person; others rare" },
	"what-changed": {
		values: { deploy: SOME, "firewall-or-host": RARE, "tls-dns-or-cloudflare": RARE, nothing: SOME },
		why: "judged, after how often each is reported",
	},
	"host-health": {
		values: { normal: USUAL, saturated: RARE, "restarted-or-oom": RARE },
		why: "a healthy host is the ordinary case",
	},
	"cloudflare-features": {
		values: { none: USUAL, worker: RARE, "http2-to-origin": RARE, "origin-pulls": RARE, tunnel: RARE, rules: RARE },
		why: "most zones name nothing special",
	},
	"colo-spread": {
		values: { many: USUAL, one: RARE },
		why: "an origin fault shows through every data center (article; public cases)",
	},
	"edge-trace": { values: { ok: ALWAYS, failed: NEVER }, why: "a 520 is made by an edge that works" },
};

export const LIKELIHOODS: Readonly<Record<CauseId, Readonly<Partial<Record<EvidenceKey, Row>>>>> = {
	"origin-crashed": {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, random: SOME, bursts: RARE },
			why: "dead for all until restarted, or killed by one request; supervised workers come back in seconds",
		},
		"direct-origin": {
			values: { "closed-empty": USUAL, reset: SOME, ok: SOME, "server-error": RARE, refused: RARE },
			why: "zero bytes from the server itself, ok when only the real request kills; a front that answers 5xx would be a 502, not a 520 (measured with nginx, Apache and HAProxy), refused a 521",
		},
		variants: {
			values: { same: USUAL, "request-size": RARE },
			why: "the process dies whatever the header; a large upload can kill it",
		},
		"time-to-failure": {
			values: { instant: USUAL, seconds: SOME },
			why: "an exception or a dead process at once, memory after seconds",
		},
		"origin-log": {
			values: { crash: ALWAYS, nothing: SOME },
			why: "trace or kill line; a crash before the line leaves none (measured)",
		},
		"who-is-hit": { values: { everyone: USUAL, "under-load": RARE, "signed-in": RARE }, why: "a dead process serves nobody" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "new code or configuration fails to start" },
		"host-health": {
			values: { "restarted-or-oom": ALWAYS, saturated: RARE },
			why: "killed or restarted is the cause seen from the host",
		},
	},
	"deliberate-close": {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, "some-visitors": RARE, "not-reproduced": RARE },
			why: "a rule names a host, path, scheme or agent and holds for everybody",
		},
		"direct-origin": {
			values: { "closed-empty": ALWAYS, reset: RARE, ok: RARE },
			why: "444 and reject send zero bytes (measured)",
		},
		variants: {
			values: { same: USUAL, "method-agent-or-encoding": SOME, scheme: RARE },
			why: "rules look at Host, path or agent; seldom they live in one scheme's server block",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "no work is done" },
		"origin-log": { values: { "refused-or-444": ALWAYS, nothing: RARE }, why: "444 0, PR-- or a ModSecurity line (measured)" },
		"who-is-hit": {
			values: { everyone: USUAL, "one-client": SOME, "one-network-or-country": RARE },
			why: "what the request says decides, not who sends it",
		},
		"what-changed": {
			values: { "firewall-or-host": USUAL, "tls-dns-or-cloudflare": SOME, deploy: RARE },
			why: "rules come with an attack, a host or the move behind Cloudflare",
		},
		"host-health": { values: { normal: ALWAYS }, why: "the server is well" },
	},
	"headers-too-large": {
		"edge-pattern": {
			values: { "not-reproduced": USUAL, "some-urls": USUAL, all: RARE },
			why: "the bulk sits in cookies or on pages with many Link fields: an anonymous GET of / is fine (public cases)",
		},
		"direct-origin": {
			values: { "header-section-too-large": USUAL, ok: SOME },
			why: "the bulk shows directly unless it needs a session",
		},
		variants: { values: { cookies: ALWAYS }, why: "cookies set again and again are the documented story (Error 520 page)" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "refused as soon as the head is read" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin finished its answer (Cloudflare's documentation)" },
		"who-is-hit": { values: { "signed-in": ALWAYS, everyone: SOME }, why: "only a filled cookie jar grows" },
		"what-changed": { values: { deploy: USUAL }, why: "a plug-in or framework adds fields" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
	"headers-malformed": {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, all: RARE, "not-reproduced": SOME },
			why: "data of some requests leaks into a field (article cause 4)",
		},
		"direct-origin": {
			values: { malformed: ALWAYS },
			why: "the bytes are wrong on every route (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, "method-agent-or-encoding": RARE }, why: "the writer is at fault" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head itself is refused" },
		"origin-log": { values: { "complete-200": USUAL, crash: RARE }, why: "the origin believes that it answered (public cases)" },
		"who-is-hit": { values: { everyone: USUAL, "signed-in": SOME }, why: "the field carries user data for some people" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "code writes the field" },
	},
	"http2-to-origin": {
		"edge-pattern": {
			values: { random: ALWAYS, "some-urls": RARE, all: RARE },
			why: "GOAWAY and stream resets hit whichever request is in flight (Cloudflare's open-source proxy)",
		},
		"direct-origin": { values: { ok: ALWAYS, malformed: RARE, "closed-mid-body": RARE }, why: "clean over HTTP/1" },
		variants: {
			values: { "http-version": USUAL, "method-agent-or-encoding": SOME, same: SOME },
			why: "HTTP/1 cures, POST cannot be replayed",
		},
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "a frame, not a wait" },
		"origin-log": { values: { nothing: USUAL, "complete-200": SOME }, why: "the stream dies before or after the access line" },
		"who-is-hit": { values: { everyone: USUAL, "under-load": SOME }, why: "busy shared connections suffer" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "a zone setting or a server update" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { "http2-to-origin": ALWAYS, none: RARE }, why: "the setting itself (on by ALPN)" },
	},
	"origin-overloaded": {
		"edge-pattern": {
			values: { bursts: ALWAYS, random: SOME, "not-reproduced": SOME, all: RARE },
			why: "everything fails together while busy; our single look comes when it is idle",
		},
		"direct-origin": { values: { slow: USUAL, ok: SOME, "closed-empty": RARE, reset: RARE }, why: "queue or full backlog" },
		variants: { values: { same: ALWAYS }, why: "any request suffers" },
		"time-to-failure": {
			values: { seconds: ALWAYS, "round-number": RARE, instant: RARE, "two-minutes": RARE },
			why: "it waits in the queue first",
		},
		"origin-log": {
			values: { nothing: SOME, "client-closed-499": SOME, "complete-200": SOME, crash: RARE },
			why: "late line, 499 or no line",
		},
		"who-is-hit": { values: { "under-load": ALWAYS, everyone: SOME }, why: "load is the cause" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "traffic or a job, seldom a deployment" },
		"host-health": { values: { saturated: ALWAYS, "restarted-or-oom": RARE }, why: "full is the cause seen from the host" },
	},
	"middle-timeout": {
		"edge-pattern": { values: { "some-urls": ALWAYS, random: RARE }, why: "only the slow handler" },
		"direct-origin": {
			values: { slow: USUAL, "closed-empty": SOME },
			why: "repeating it directly is slow, or cut by the same hop",
		},
		variants: { values: { "request-size": USUAL, same: USUAL }, why: "a larger job takes longer" },
		"time-to-failure": {
			values: { "round-number": ALWAYS, seconds: USUAL, "two-minutes": RARE },
			why: 'always a wait: the hop\'s limit, constant; one who did not count says only "seconds"',
		},
		"origin-log": {
			values: { "client-closed-499": USUAL, "complete-200": SOME, crash: SOME },
			why: "the hop left first, or a worker time-out line (gunicorn-timeout)",
		},
		"who-is-hit": { values: { everyone: USUAL, "under-load": RARE }, why: "the handler is slow for all" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "data grows without a change" },
		"host-health": { values: { normal: USUAL, saturated: SOME }, why: "it waits for others" },
	},
	"visitor-banned": {
		"edge-pattern": {
			values: { "some-visitors": USUAL, "not-reproduced": USUAL },
			why: "one address fails, our looks come from another",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "our address is not banned" },
		variants: { values: { same: ALWAYS }, why: "the address decides" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "dropped on arrival" },
		"origin-log": {
			values: { "no-access": USUAL, "refused-or-444": USUAL, nothing: SOME },
			why: "the banned person is mostly a stranger to the server; its owner sees a ban line",
		},
		"who-is-hit": {
			values: { "one-network-or-country": ALWAYS, "under-load": SOME, "one-client": RARE },
			why: "address decides; a rate limit bites only fast callers",
		},
		"what-changed": { values: { nothing: USUAL, "firewall-or-host": SOME }, why: "a ban needs no deployment" },
		"host-health": { values: { normal: ALWAYS }, why: "the server is well" },
	},
	"cloudflare-blocked": {
		"edge-pattern": {
			values: { random: USUAL, bursts: SOME, all: SOME, "some-visitors": RARE },
			why: "throttling per address lets the first requests through; a full block would be 521/522",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "only Cloudflare's addresses are hit" },
		variants: { values: { same: ALWAYS }, why: "the address decides" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "closed on arrival" },
		"origin-log": { values: { "refused-or-444": USUAL, nothing: SOME }, why: "throttle or ban line, or a filter before the log" },
		"who-is-hit": { values: { everyone: USUAL, "under-load": SOME }, why: "a limit counts all visitors as few addresses" },
		"what-changed": {
			values: { "firewall-or-host": USUAL, deploy: SOME, "tls-dns-or-cloudflare": SOME },
			why: "new security software or the move behind Cloudflare",
		},
		"host-health": { values: { normal: ALWAYS }, why: "the server is well" },
		"colo-spread": { values: { many: USUAL, one: SOME }, why: "a per-address limit can hit one data center" },
	},
	"idle-race": {
		"edge-pattern": {
			values: { random: USUAL, "after-idle": SOME },
			why: "a GET on a reused connection is retried, so it shows at random, mostly on POST (Cloudflare's open-source proxy)",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "a fresh connection is fine" },
		variants: { values: { same: USUAL, "method-agent-or-encoding": SOME }, why: "only requests that cannot be replayed" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the connection is already closed" },
		"origin-log": { values: { nothing: ALWAYS }, why: "the request meets a closed socket" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "two time-outs that never fitted" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
	"cold-start": {
		"edge-pattern": {
			values: { "after-idle": USUAL, bursts: USUAL, all: RARE },
			why: "asleep until the first request, or a window after each rollout",
		},
		"direct-origin": {
			values: { ok: SOME, slow: SOME, refused: SOME, "server-error": RARE, "closed-empty": RARE },
			why: "up again by the time we look",
		},
		variants: { values: { same: ALWAYS }, why: "any request wakes it" },
		"time-to-failure": { values: { seconds: USUAL, instant: SOME, "round-number": SOME }, why: "start-up takes time" },
		"origin-log": { values: { nothing: USUAL, crash: RARE }, why: "the application is not there yet" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "nobody is served" },
		"what-changed": { values: { deploy: ALWAYS, nothing: SOME }, why: "rollouts start processes; sleeping needs no change" },
		"host-health": { values: { "restarted-or-oom": USUAL, normal: SOME }, why: "a start is a restart" },
	},
	"origin-pulls": {
		"edge-pattern": { values: { all: ALWAYS }, why: "every connection must show the certificate" },
		"direct-origin": {
			values: { "client-certificate-wanted": ALWAYS, "tls-failure": SOME, reset: RARE },
			why: "alert 116/42/46/48 or 400 (Cloudflare's open-source proxy, measured)",
		},
		variants: { values: { same: ALWAYS, scheme: RARE }, why: "only TLS asks for a certificate" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "in or just after the handshake" },
		"origin-log": { values: { nothing: USUAL, "refused-or-444": SOME }, why: "no request is read; nginx books a 400" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "every connection must show the certificate" },
		"what-changed": { values: { "tls-dns-or-cloudflare": ALWAYS }, why: "a zone toggle or certificate" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": {
			values: { "origin-pulls": ALWAYS, worker: SOME },
			why: "the setting, or a Worker that should present a certificate",
		},
	},
	"protocol-mismatch": {
		"edge-pattern": { values: { all: USUAL, "some-urls": USUAL }, why: "the port is wrong for all, or for one scheme or port" },
		"direct-origin": {
			values: { "wrong-protocol": ALWAYS, "tls-failure": SOME, malformed: RARE },
			why: "the port speaks something else (Cloudflare's open-source proxy)",
		},
		variants: { values: { scheme: ALWAYS, "http-version": RARE }, why: "SSL mode decides the port (Error 521 page)" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "first bytes are wrong" },
		"origin-log": { values: { nothing: USUAL, "refused-or-444": RARE }, why: "no request is understood; at most a 400" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "TLS mode, port or new version" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
	"wrong-target": {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": SOME },
			why: "the name points elsewhere; or one flow uses another name",
		},
		"direct-origin": {
			values: { ok: SOME, "closed-empty": SOME, refused: SOME, "no-route": SOME, "wrong-protocol": RARE, "server-error": RARE },
			why: "the right server is well, or the address is somebody else's",
		},
		variants: { values: { same: USUAL, scheme: RARE, "ip-version": RARE }, why: "the address decides" },
		"origin-log": { values: { nothing: ALWAYS }, why: "another server gets the request (Cloudflare's documentation)" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "the record is the same for all" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, "firewall-or-host": USUAL }, why: "a record or a new host" },
		"host-health": { values: { normal: ALWAYS }, why: "the right server is idle" },
	},
	"request-too-large": {
		"edge-pattern": { values: { "some-urls": ALWAYS, "not-reproduced": SOME }, why: "only the long URL, jar or body" },
		"direct-origin": {
			values: { ok: SOME, "closed-empty": SOME, reset: RARE },
			why: "a short look is fine, a repeated one is cut",
		},
		variants: { values: { "request-size": ALWAYS, cookies: SOME }, why: "size is the cause" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "refused while reading the head" },
		"origin-log": { values: { "refused-or-444": ALWAYS, nothing: RARE }, why: "400, 413, 414, 431, 494 (log lines)" },
		"who-is-hit": {
			values: { everyone: SOME, "signed-in": SOME, "one-client": RARE },
			why: "a filled jar or one caller's long filter",
		},
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "data grows" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
	"closed-mid-response": {
		"edge-pattern": {
			values: { "some-urls": USUAL, random: SOME, bursts: RARE },
			why: "a death while writing follows the URL that does the work (article cause 1)",
		},
		"direct-origin": {
			values: { "closed-mid-body": ALWAYS, reset: RARE },
			why: "content shorter than promised (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { same: USUAL, "method-agent-or-encoding": SOME },
			why: "wrong length after compression follows Accept-Encoding",
		},
		"time-to-failure": {
			values: { seconds: USUAL, instant: SOME, "round-number": SOME },
			why: "dies after work has begun, or at a worker limit",
		},
		"origin-log": {
			values: { crash: USUAL, "complete-200": SOME },
			why: "worker dies; nginx still books 200 with fewer bytes (measured)",
		},
		"host-health": { values: { "restarted-or-oom": SOME, normal: USUAL }, why: "a worker, not the host, dies" },
	},
	"framing-conflict": {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, all: SOME, "not-reproduced": RARE },
			why: "only answers that pass the faulty layer",
		},
		"direct-origin": { values: { malformed: USUAL, "closed-mid-body": USUAL, ok: SOME }, why: "two lengths, or a stale length" },
		variants: {
			values: { "method-agent-or-encoding": USUAL, same: SOME },
			why: "Accept-Encoding: identity cures a stale length",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head is refused" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin believes that it answered" },
		"what-changed": { values: { deploy: ALWAYS }, why: "middleware writes the field" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
	"upgrade-or-1xx": {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, "not-reproduced": SOME },
			why: "only the upgrade request; a plain GET is fine",
		},
		"direct-origin": {
			values: { malformed: ALWAYS, ok: SOME, "closed-empty": RARE },
			why: "no final head (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { "method-agent-or-encoding": ALWAYS, "http-version": SOME },
			why: "Upgrade, Expect or Accept-Encoding decide",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head is refused" },
		"origin-log": { values: { "complete-200": SOME, nothing: SOME }, why: "101 or a hijacked connection" },
		"who-is-hit": { values: { "one-client": USUAL, everyone: SOME }, why: "only programs that upgrade" },
		"what-changed": { values: { deploy: ALWAYS }, why: "server software handles it" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
	"relabelled-5xx": {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "the handler that throws" },
		"direct-origin": {
			values: { "server-error": ALWAYS },
			why: "the origin answers 5xx itself (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, "method-agent-or-encoding": RARE }, why: "the handler throws" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "an exception" },
		"origin-log": { values: { crash: ALWAYS }, why: "the exception is logged" },
		"who-is-hit": { values: { everyone: USUAL, "signed-in": SOME }, why: "who uses the handler" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "new code throws" },
		"host-health": { values: { normal: USUAL, "restarted-or-oom": RARE }, why: "the process lives on" },
	},
	"odd-client-request": {
		"edge-pattern": { values: { "not-reproduced": ALWAYS }, why: "our look is well formed" },
		"direct-origin": { values: { ok: ALWAYS }, why: "our look is well formed" },
		variants: { values: { "method-agent-or-encoding": ALWAYS, "http-version": RARE }, why: "another client or header set works" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "refused at once" },
		"origin-log": {
			values: { "no-access": USUAL, "refused-or-444": SOME, "complete-200": RARE },
			why: "who writes a client is mostly a stranger to the server; a 400 there",
		},
		"who-is-hit": { values: { "one-client": ALWAYS }, why: "one program or library" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "the client changed, not the site" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { worker: SOME }, why: "a relay that builds requests" },
	},
	"tls-broken": {
		"edge-pattern": {
			values: { all: SOME, random: SOME, bursts: RARE, "some-visitors": RARE },
			why: "a box on the way or a TLS layer that fails at times",
		},
		"direct-origin": {
			values: { "tls-failure": USUAL, reset: USUAL },
			why: "alert or reset after the handshake (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, scheme: SOME }, why: "http avoids TLS" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "alert after the handshake" },
		"what-changed": {
			values: { "tls-dns-or-cloudflare": USUAL, "firewall-or-host": SOME },
			why: "certificate, mode or an inspecting box",
		},
	},
	"edge-feature": {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "the route of the Worker or rule" },
		"direct-origin": { values: { ok: ALWAYS }, why: "without the edge all is well" },
		variants: { values: { same: USUAL, "method-agent-or-encoding": RARE }, why: "the route decides" },
		"time-to-failure": { values: { instant: USUAL }, why: "code at the edge" },
		"origin-log": { values: { "complete-200": USUAL, nothing: SOME }, why: "the origin answered, or was not asked" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "zone setting or Worker release" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { worker: ALWAYS, rules: USUAL }, why: "the feature must be there" },
	},
	"headers-missing": {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "a handler or the whole server writes no fields" },
		"direct-origin": {
			values: { malformed: USUAL, ok: SOME },
			why: "a cut head is malformed, a bare head is legal (Cloudflare's open-source proxy)",
		},
		"origin-log": { values: { "complete-200": USUAL }, why: "the server believes that it answered" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head itself is refused" },
		variants: { values: { same: USUAL }, why: "the writer is at fault, not the request" },
	},
	"response-too-large": {
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "only the large files" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin sends it whole" },
		"direct-origin": { values: { ok: ALWAYS }, why: "large is legal" },
		"time-to-failure": { values: { seconds: ALWAYS }, why: "the size must be sent first" },
	},
};

/** The codes themselves as causes, for questions about codes other than 520. */
export const CODE_LIKELIHOODS: Readonly<Record<string, Readonly<Partial<Record<EvidenceKey, Row>>>>> = {
	"521": {
		"direct-origin": { values: { refused: ALWAYS }, why: "521 = TCP refused (Error 521 page)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "the port is closed for all" },
	},
	"522": {
		"direct-origin": { values: { "no-route": ALWAYS }, why: "522 = SYN or ACK unanswered (Error 522 page)" },
		variants: { values: { scheme: USUAL, "ip-version": USUAL, same: SOME }, why: "one port or one address family is filtered" },
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, "some-visitors": SOME },
			why: "the address, one port, uncached URLs, or a route from one region",
		},
		"who-is-hit": { values: { everyone: USUAL, "one-network-or-country": SOME }, why: "a dead route can be regional" },
		"host-health": { values: { normal: ALWAYS }, why: "the network, not the host" },
	},
	"523": {
		"direct-origin": { values: { "no-route": ALWAYS }, why: "no route (Error 523 page)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "the address" },
		"host-health": { values: { normal: ALWAYS }, why: "the network, not the host" },
	},
	"524": {
		"direct-origin": { values: { slow: ALWAYS }, why: "no byte within 125 s (Error 524 page)" },
		"time-to-failure": {
			values: { "two-minutes": ALWAYS, "round-number": SOME },
			why: "125 s, older texts 100 and 120 (Cloudflare's documentation)",
		},
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "the slow handler" },
		"origin-log": { values: { "client-closed-499": USUAL, "complete-200": SOME }, why: "Cloudflare left first" },
	},
	"525": {
		"direct-origin": { values: { "tls-failure": ALWAYS }, why: "handshake failed (Error 525 page)" },
		"edge-pattern": { values: { all: USUAL, random: RARE, "some-urls": RARE }, why: "the TLS port is wrong for all" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "certificate or TLS set-up" },
	},
	"526": {
		"direct-origin": { values: { ok: SOME, "tls-failure": USUAL }, why: "certificate not valid (Error 526 page)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "the certificate" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, nothing: SOME }, why: "renewal failed, strict mode" },
	},
	"502": {
		"direct-origin": { values: { "server-error": ALWAYS }, why: "the origin sent it (Error 502/504 page)" },
		"edge-pattern": { values: { all: SOME, "some-urls": SOME, random: SOME }, why: "a dead backend behind a front" },
	},
	"504": {
		"direct-origin": { values: { "server-error": USUAL, slow: USUAL }, why: "the origin sent it (Error 502/504 page)" },
		"time-to-failure": { values: { "round-number": ALWAYS }, why: "the front's own limit" },
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "the slow handler" },
	},
	"503": {
		"direct-origin": { values: { "server-error": ALWAYS }, why: "the origin sent it (Error 503 page)" },
		"edge-pattern": { values: { all: USUAL, bursts: USUAL }, why: "overload or maintenance" },
	},
	"1033": {
		"cloudflare-features": { values: { tunnel: ALWAYS }, why: "no connector (Tunnel documentation)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "whole tunnel" },
	},
	"cloudflare-incident": {
		"edge-pattern": { values: { all: ALWAYS }, why: "everything at once" },
		"colo-spread": { values: { many: ALWAYS }, why: "many places" },
		"direct-origin": { values: { ok: ALWAYS }, why: "origin is well" },
		"edge-trace": { values: { failed: USUAL, ok: USUAL }, why: "the edge itself may fail" },
	},
};
