/** A value of the language: an enum's name and a variable are objects of their own. */
export type Value =
	| string
	| number
	| boolean
	| null
	| { readonly enum: string }
	| { readonly variable: string }
	| { readonly list: readonly Value[] }
	| { readonly fields: Readonly<Record<string, Value>> };

/** One field that is asked for. */
export interface Selection {
	readonly alias: string;
	readonly name: string;
	readonly args: Readonly<Record<string, Value>>;
	readonly of: readonly Selection[];
}

export interface Document {
	/** Declared variables and their types. */
	readonly variables: Readonly<Record<string, string>>;
	readonly of: readonly Selection[];
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\$[A-Za-z_]\w*)|([{}()[\]:!,]))/y;

/**
 * A document of the small part of GraphQL that the bot speaks: one query, aliases, arguments, variables.
 * @throws SyntaxError where it is none
 */
export function parseQuery(text: string): Document {
	TOKEN.lastIndex = 0;
	const tokens: string[] = [];
	const end = text.trimEnd().length;
	while (TOKEN.lastIndex < end) {
		const at = TOKEN.lastIndex;
		const match = TOKEN.exec(text);
		if (match === null) throw new SyntaxError(`unexpected ${JSON.stringify(text.slice(at, at + 20))}`);
		if (match[5] !== ",") tokens.push(match[0].trim());
	}
	let at = 0;
	const peek = () => tokens[at];
	const take = (expected?: string): string => {
		const token = tokens[at];
		if (token === undefined || (expected !== undefined && token !== expected))
			throw new SyntaxError(`expected ${expected ?? "more"}, got ${token ?? "the end"}`);
		at += 1;
		return token;
	};
	const name = (): string => {
		const token = take();
		if (!/^[A-Za-z_]\w*$/.test(token)) throw new SyntaxError(`expected a name, got ${token}`);
		return token;
	};
	const value = (): Value => {
		const token = take();
		if (token.startsWith('"')) return JSON.parse(token) as string;
		if (token.startsWith("$")) return { variable: token.slice(1) };
		if (/^-?\d/.test(token)) return Number(token);
		if (token === "[") {
			const list: Value[] = [];
			while (peek() !== "]") list.push(value());
			take("]");
			return { list };
		}
		if (token === "{") return { fields: pairs("}") };
		if (token === "true" || token === "false") return token === "true";
		return token === "null" ? null : { enum: token };
	};
	const pairs = (close: string): Record<string, Value> => {
		const out: Record<string, Value> = {};
		while (peek() !== close) {
			const key = name();
			take(":");
			out[key] = value();
		}
		take(close);
		return out;
	};
	const selections = (): Selection[] => {
		take("{");
		const out: Selection[] = [];
		while (peek() !== "}") {
			const first = name();
			const isAliased = peek() === ":";
			if (isAliased) take(":");
			const field = isAliased ? name() : first;
			const hasArgs = peek() === "(";
			if (hasArgs) take("(");
			const args = hasArgs ? pairs(")") : {};
			out.push({ alias: first, name: field, args, of: peek() === "{" ? selections() : [] });
		}
		take("}");
		return out;
	};
	take("query");
	const variables: Record<string, string> = {};
	if (peek() === "(") {
		take("(");
		while (peek() !== ")") {
			const variable = take();
			take(":");
			const type = name();
			variables[variable.slice(1)] = peek() === "!" ? type + take("!") : type;
		}
		take(")");
	}
	const of = selections();
	if (at !== tokens.length) throw new SyntaxError("more than one query");
	return { variables, of };
}
