import { maskedUrl } from "../message/masking.ts";
import { shellQuote } from "../message/show.ts";
import { utc } from "../message/text.ts";
import type { LogWindow } from "../read/ray/log-window.ts";
import type { Target } from "../read/text/target.ts";

/** Commands to paste on a server, as text: what they print is read when it is pasted back (`read/text/clues`, `test/reply/commands.test.ts`). */

/**
 * curl to the origin, past Cloudflare, as Cloudflare's support asks for it
 * (https://developers.cloudflare.com/support/troubleshooting/general-troubleshooting/gathering-information-for-troubleshooting-sites/).
 * Made to be pasted on the origin server itself, where 127.0.0.1 is the origin, and to be pasted back: its last two lines tell it
 * (`read/text/clues/curl.ts`).
 * @param version of HTTP that it asks in
 */
export function directCurl(target: Target, version: "http1.1" | "http2" = "http1.1"): string {
	return `curl -sSk --${version} -o /dev/null -w 'status %{http_code}, %{size_header} bytes of headers\\n' --connect-to ::127.0.0.1 ${shellQuote(maskedUrl(target.url))}; echo "curl exit $?"`;
}

/** The same for an origin that is slow: it ends when Cloudflare would have given up, and tells when the first byte came. */
export function timedCurl(target: Target): string {
	return `curl -sSk --http1.1 -m 130 -o /dev/null -w 'status %{http_code}, %{size_header} bytes of headers, first byte after %{time_starttransfer} s\\n' --connect-to ::127.0.0.1 ${shellQuote(maskedUrl(target.url))}; echo "curl exit $?"`;
}

/** So many of each go into one command. */
const RAYS_MAX = 5;
const MINUTES_MAX = 4;
/** Times of nginx's and Apache's access log; of nginx's error log; of Apache's. */
const LOG_TIMES = "%d/%b/%Y:%H:%M|%Y/%m/%d %H:%M|%b %d %H:%M";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Searches the web server's logs (nginx; Apache of Debian's kind and of Red Hat's) for Ray IDs and for minutes: default log formats hold no Ray ID. Logs are written in the server's own time, into which GNU date
 * converts ours. BusyBox and BSD do not convert it: there the minute is searched as it is, because an empty pattern would match every line. As root,
 * because otherwise grep may find nothing.
 * @param minutes a moment in each minute that is searched, Unix milliseconds
 */
export function logSearch(rays: readonly string[], minutes: readonly number[]): string {
	const patterns = minutes.slice(0, MINUTES_MAX).map((ms) => {
		const utcTime = new Date(ms).toISOString();
		const asIs = `${utcTime.slice(8, 10)}/${MONTHS[new Date(ms).getUTCMonth()]}/${utcTime.slice(0, 4)}:${utcTime.slice(11, 16)}`;
		return `$(LC_ALL=C date -d '${utcTime.slice(0, 10)} ${utcTime.slice(11, 19)} UTC' +'${LOG_TIMES}' || echo ${asIs})`;
	});
	return `sudo grep -rsE "${[...rays.slice(0, RAYS_MAX), ...patterns].join("|")}" /var/log/nginx /var/log/apache2 /var/log/httpd`;
}

/** Errors, crashes and restarts of that time, as the system's own log has them. */
export function journal(window: LogWindow): string {
	const at = (ms: number) => shellQuote(utc(ms));
	return `sudo journalctl --no-pager --utc -o short-iso --since ${at(window.fromMs)} --until ${at(window.toMs)}`;
}

/** The first bytes of what is not HTTP. */
export const firstBytes = (target: Target): string =>
	`curl -svk --http0.9 --raw -o - --max-time 20 ${shellQuote(maskedUrl(target.url))} | head -c 512 | od -c | head -40`;

/** Where a name leads. */
export const whereItLeads = ({ host }: Target): string =>
	`dig +short ${shellQuote(host)} A ${shellQuote(host)} AAAA ${shellQuote(host)} CNAME`;

/** What the certificate in front of a site says. */
export const edgeCertificate = ({ host, port }: Target): string =>
	`openssl s_client -connect ${shellQuote(`${host}:${port}`)} -servername ${shellQuote(host)} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`;

/** Whether a page loads from another network. */
export const fromElsewhere = (target: Target): string =>
	`curl -sv -o /dev/null --max-time 20 ${shellQuote(maskedUrl(target.url))}`;

/** Whether anything listens on the port of the origin. */
export const listening = ({ port }: Target): string => `sudo ss -ltnp 'sport = :${port}'`;

/** Whether there is a route from the origin to Cloudflare. */
export const routeBack = "ip route get 172.64.0.1";

/** The TLS handshake with the origin, to be pasted on the origin server itself. */
export const handshake = ({ host, port }: Target): string =>
	`openssl s_client -connect 127.0.0.1:${port} -servername ${shellQuote(host)} </dev/null`;

/** The certificate of the origin. */
export const originCertificate = (target: Target): string =>
	`${handshake(target)} | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`;

/** Where the name of the origin leads, which only the site's owner knows. */
export const originName = "dig +short ORIGIN-NAME";

/** The log of a Worker, live. */
export const workerLog = "npx wrangler tail WORKER";

/** Whether the tunnel runs. */
export const tunnelState = "systemctl status cloudflared";

/**
 * Keeps the last gigabyte of packets of one port in a ring of files: whole, and with room enough that none are lost under load
 * (tcpdump's own buffer loses some). `-Z root`: on Debian and Ubuntu tcpdump becomes a user of its own before it writes its first file, and may
 * not write here. What it writes is read by `capture`.
 */
export const captureRing = (port: string): string =>
	`sudo tcpdump -i any -s 0 -B 65536 -C 50 -W 20 -Z root -w ring.pcap 'tcp port ${port}'`;

/** Reads a recording where it lies, in the folder of cf520; with a Ray ID exactly that exchange. What it prints is read when it is pasted back. */
export const readCapture = (file: string, ray: string | null): string =>
	`npm start -- capture ${file}${ray === null ? "" : ` ${ray}`}`;

/** Stands for the port on which the application takes plain HTTP from the proxy in front of it. */
export const APPLICATION_PORT = "8080";

/** The files that `captureRing` writes: tcpdump numbers them. */
export const RING_FILES = "ring.pcap*";

/** Passes everything on between the proxy and the application, and keeps what is wrong (`tap`). */
export const tapCommand = (port: string): string => `npm start -- tap --listen 127.0.0.1:8081 --to 127.0.0.1:${port} --for 1h`;
