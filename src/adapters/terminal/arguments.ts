import { parseArgs } from "node:util";
import { readResolve } from "../../looks/resolve.ts";
import { readPlaces } from "../../read/text/places.ts";

/** What the command line says beside the question. */
export interface TerminalArguments {
	/** The question, "" for none. */
	readonly question: string;
	/** Its words as the shell gave them: for file names. */
	readonly words: readonly string[];
	readonly json: boolean;
	/** Evidence and what is behind menus at once. */
	readonly all: boolean;
	/** The file that the report of the case goes to; null for none. */
	readonly html: string | null;
	readonly insecure: boolean;
	readonly httpVersion: 1 | 2;
	readonly resolve: ReadonlyMap<string, readonly string[]>;
}

/** Text that begins like an option: log lines and bullets do. The options contain no blanks. */
const isText = (one: string): boolean => /^-.*\s/s.test(one);
/** In front of its place, while options are read. No argument holds it: a command line ends at it. */
const TEXT_MARK = "\u0000";

/** Reads the command line; a text is what to tell the person when it cannot be read. */
export function readArguments(args: readonly string[]): TerminalArguments | string {
	try {
		const { values, positionals: marked } = parseArgs({
			args: args.map((one, index) => (isText(one) ? `${TEXT_MARK}${index}` : one)),
			allowPositionals: true,
			options: {
				help: { type: "boolean", short: "h" },
				json: { type: "boolean" },
				all: { type: "boolean" },
				html: { type: "string" },
				insecure: { type: "boolean" },
				http1: { type: "boolean" },
				http2: { type: "boolean" },
				resolve: { type: "string", multiple: true },
				origin: { type: "string", multiple: true },
				from: { type: "string", multiple: true },
			},
		});
		const positionals = marked.map((one) => (one.startsWith(TEXT_MARK) ? (args[Number(one.slice(1))] ?? "") : one));
		const from = values.from?.join(", ");
		const places = from === undefined ? null : readPlaces(from, true);
		if (from !== undefined && (places === null || positionals.length === 0 || values.origin !== undefined))
			return "--from needs places and a site. Example: shop.example --from germany,us";
		const question =
			values.help === true
				? "help"
				: // A question about a site, with its origin beside it, is one about that origin.
					[
						...(values.origin === undefined ? [] : ["origin"]),
						...positionals,
						...(values.origin ?? []),
						...(from === undefined ? [] : [`--from ${from}`]),
					].join(" ");
		if (values.html === "" || (values.html !== undefined && question === ""))
			return "--html needs a file and a site. Example: --html report.html shop.example";
		if (values.http1 === true && values.http2 === true) return "Give only one of --http1 and --http2.";
		return {
			question,
			// No verb is carried out whose help is asked for.
			words: values.help === true ? [] : positionals,
			json: values.json === true,
			all: values.all === true,
			html: values.html ?? null,
			insecure: values.insecure === true,
			httpVersion: values.http2 === true ? 2 : 1,
			resolve: readResolve(values.resolve ?? []),
		};
	} catch (error) {
		const why = error instanceof Error ? (error.message.split(". ")[0] ?? "") : "";
		return `${why}. Options are --all, --json, --html FILE, --insecure, --http1, --http2, --resolve host:port:address, --origin address[:port] and --from places.`;
	}
}
