import { getDomain } from "tldts";

/** The registrable domain of a host, which is the usual name of its zone at Cloudflare; null for an IP address and for names that have none. */
export const zoneOf = (host: string): string | null => getDomain(host, { allowPrivateDomains: true });
