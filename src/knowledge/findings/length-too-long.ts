import type { FindingEntry } from "./finding.ts";

export const lengthTooLong = {
	shownBy: "look",
	level: "fault",
	cause: "closed-mid-response",
	confidence: "likely",
	say: "Content-Length promises more than the server sends.",
	fix: "Let one layer count Content-Length, after compression and after every change of the content.",
	why: "All content arrived at once and every response stops at the same byte. The server closes the connection only after its keep-alive timeout, or completes the same response over HTTP/2. So the promised length is wrong, and visitors get a page that is cut off.",
	rfc: "RFC 9112 §6.3, §8",
	curl: "18 (end of response with N bytes missing), after that time",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Do not set Content-Length by hand: let the server or the framework count it." },
		{ where: "any", do: "Count bytes, not characters: a character outside ASCII has several bytes." },
		{ where: "any", do: "Set Content-Length after compression, or leave it out and send chunks." },
		{
			where: "PHP",
			do: "Remove the header() call that sets Content-Length, or zlib.output_compression.",
			command: "zlib.output_compression = Off",
		},
	],
} as const satisfies FindingEntry;
