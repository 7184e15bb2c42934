import type { Stores } from "../desk/stores.ts";
import type { Vault } from "./seal.ts";

/** What rows are found by, each kind as a hash of its own: the file names no host, place or person. null stays null. */
export interface Names {
	workspace<T extends string | null>(of: T): T | string;
	place(of: string | null): string | null;
	person(of: string | null): string | null;
	/** As in `watchedFor`: the shared page ("") is a hash too. */
	watchedFor(of: string | null): string | null;
	lane(of: string | null): string | null;
	host(of: string): string;
	url(of: string): string;
	event(of: string): string;
	install(of: string): string;
	count(of: string): string;
	/** As {@link Stores.hashed}. */
	text(of: string): string;
	/** The host and every domain above it, with a space before and after each: to be found by any of them. */
	domains(host: string): string;
}

export function namesIn({ hash }: Vault): Names {
	const orNull = (kind: string) => (of: string | null) => (of === null ? null : hash(kind, of));
	const host = (of: string) => hash("host", of);
	return {
		workspace: (of) => (of === null ? of : hash("workspace", of)),
		place: orNull("place"),
		person: orNull("person"),
		watchedFor: orNull("watched for"),
		lane: orNull("lane"),
		host,
		url: (of) => hash("url", of),
		event: (of) => hash("event", of),
		install: (of) => hash("install", of),
		count: (of) => hash("count", of),
		text: (of) => hash("text", of),
		domains: (of) => {
			const labels = of.split(".");
			return ` ${labels.map((_, at) => host(labels.slice(at).join("."))).join(" ")} `;
		},
	};
}

/** Where a text is sealed: it opens in this row of this table alone. */
export const sealedAt = (
	table: "cases" | "watches" | "pending" | "slots" | "policies" | "accesses" | "installs",
	id: string,
): string => `${table} ${id}`;
