/**
 * Domains under which a platform serves its customers' sites through a zone of its own: nobody but the platform can read that zone's
 * numbers. The default names of platforms that stand behind Cloudflare, as far as we know (2026-11): a customer's own domain is the
 * customer's zone.
 */
export const PLATFORM_DOMAINS: ReadonlySet<string> = new Set([
	"pages.dev",
	"workers.dev",
	"trycloudflare.com",
	"onrender.com",
	"myshopify.com",
	"webflow.io",
	"bubbleapps.io",
	"supabase.co",
	"lovable.app",
	"ondigitalocean.app",
	"kinsta.cloud",
]);

/** Whether a host is below a platform's domain. */
export const isOnPlatform = (host: string): boolean => {
	const labels = host.toLowerCase().split(".");
	return labels.some((_, nth) => nth > 0 && PLATFORM_DOMAINS.has(labels.slice(nth).join(".")));
};
