/** What a page points to: the words of the link, and where it leads. */
export type Source = readonly [words: string, url: string];

export const E520 = [
	"Cloudflare: Error 520",
	"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/",
] as const;
export const LIMITS = [
	"Cloudflare: Connection limits",
	"https://developers.cloudflare.com/fundamentals/reference/connection-limits/",
] as const;
export const RFC9112 = ["RFC 9112", "https://www.rfc-editor.org/rfc/rfc9112"] as const;
export const AOP = [
	"Cloudflare: Authenticated Origin Pulls",
	"https://developers.cloudflare.com/ssl/origin-configuration/authenticated-origin-pull/",
] as const;
export const H2 = [
	"Cloudflare: HTTP/2 to Origin",
	"https://developers.cloudflare.com/speed/optimization/protocol/http2-to-origin/",
] as const;
export const DNS = ["Cloudflare: DNS records", "https://developers.cloudflare.com/dns/manage-dns-records/"] as const;
export const IPS = ["Cloudflare: IP addresses", "https://www.cloudflare.com/ips/"] as const;
