import { parseArgs } from "node:util";
import { readResolve } from "../../looks/resolve.ts";

/** What the command line says beside the question. */
export interface TerminalArguments {
	/** The question, "" for none. */
	readonly question: string;
	/** Its words as the shell gave them: for file names. */
	readonly words: readonly string[];
	readonly json: boolean;
	readonly insecure: boolean;
	readonly httpVersion: 1 | 2;
	readonly resolve: ReadonlyMap<string, readonly string[]>;
}

/** Reads the command line; a text is what to tell the person when it cannot be read. */
export function readArguments(args: readonly string[]): TerminalArguments | string {
	try {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				help: { type: "boolean", short: "h" },
				json: { type: "boolean" },
				insecure: { type: "boolean" },
				http1: { type: "boolean" },
				http2: { type: "boolean" },
				resolve: { type: "string", multiple: true },
				origin: { type: "string", multiple: true },
			},
		});
		if (values.http1 === true && values.http2 === true) return "--http1 and --http2 exclude each other: give one.";
		return {
			question:
				values.help === true
					? "help"
					: // A question about a site, with its origin beside it, is one about that origin.
						[...(values.origin === undefined ? [] : ["origin"]), ...positionals, ...(values.origin ?? [])].join(" "),
			words: positionals,
			json: values.json === true,
			insecure: values.insecure === true,
			httpVersion: values.http2 === true ? 2 : 1,
			resolve: readResolve(values.resolve ?? []),
		};
	} catch (error) {
		const why = error instanceof Error ? (error.message.split(". ")[0] ?? "") : "";
		return `${why}. Options are --json, --insecure, --http1, --http2, --resolve host:port:address and --origin address[:port].`;
	}
}
