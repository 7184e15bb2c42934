import { sameSite } from "./text/target.ts";

/** Only the beginning is searched: tools print their request first. */
const TEXT_MAX_CHARS = 200_000;
const HOSTS_MAX = 20;

/** Where curl and other tools name the host of a request: what they sent (`-v`, `--trace-ascii`, HTTP/2), whom they reached, or could not. */
const FORMS: readonly RegExp[] = [
	/^(?:> |[0-9a-f]{4}: )Host: ([^\s:/]{1,253})/gim,
	/\[:authority: ([^\]\s:]{1,253})/g,
	/^(?:\* |== Info: )(?:Connected to|Host|Connection #\d+ to host) ([^\s:(]{1,253})/gm,
	/\bFailed to connect to ([^\s:]{1,253}) port \d/g,
	/\bCould not resolve host: ([^\s;]{1,253})/g,
	/\bcurl(?:\.exe)? [^\n]{0,500}?https?:\/\/([^\s/:?#'"\\@]{1,253})/g,
	/\bcurl(?:\.exe)? [^\n]{0,500}?-H ["']?Host: ?([^\s'":]{1,253})/gi,
];

/** Names and addresses of the machine itself, and IP addresses: the site is told elsewhere. */
const NO_SITE = /^(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[.*|[^.]*|.*:.*)$/;

/**
 * The sites that a pasted request went to, by what the tool printed of it; none where it names only addresses. Total; linear; bounded.
 * @returns host names in small letters, each once
 */
export function askedHosts(text: string): readonly string[] {
	const head = text.slice(0, TEXT_MAX_CHARS);
	const hosts = new Set<string>();
	for (const form of FORMS)
		for (const [, host = ""] of head.matchAll(form)) {
			const name = host.toLowerCase().replace(/\.$/, "");
			if (!NO_SITE.test(name)) hosts.add(name);
			if (hosts.size >= HOSTS_MAX) return [...hosts];
		}
	return [...hosts];
}

/** Whether a request went to other sites than this one; not where nothing says where it went. */
export const wentElsewhere = (hosts: readonly string[], host: string | null): boolean =>
	host !== null && hosts.length > 0 && !hosts.some((other) => sameSite(other, host));
