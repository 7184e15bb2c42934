/** Why no more requests go out for now, and when there is room again. */
export interface Busy {
	readonly why: "host" | "person" | "everybody";
	readonly againMs: number;
}

/** How much goes out at most, whatever anybody asks for: this must be useless as a weapon. */
export interface LimitSettings {
	/** Requests to one target host in an hour. */
	readonly hostPerHour: number;
	/** Questions that look somewhere, of one person in five minutes. */
	readonly personPerFiveMinutes: number;
	/** Questions of everybody that may wait or run at the same time. */
	readonly open: number;
}

export const LIMITS: LimitSettings = { hostPerHour: 400, personPerFiveMinutes: 15, open: 500 };

export interface Limits {
	/** Room for so many requests to a host, asked for by a person (null: nobody in particular); or why there is none. */
	take(host: string, person: string | null, requests: number): Busy | null;
	/** A question that looks somewhere has begun; call the result at its end. null: too many are open. */
	begin(): (() => void) | null;
}

const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
const KEYS_MAX = 20_000;

/** Counts in sliding windows, in memory. */
export function openLimits(settings: LimitSettings, now: () => number): Limits {
	const hosts = sliding(HOUR_MS, settings.hostPerHour, now);
	const people = sliding(FIVE_MINUTES_MS, settings.personPerFiveMinutes, now);
	let open = 0;
	return {
		take: (host, person, requests) => {
			const ofPerson = person === null ? null : people.room(person, 1);
			if (ofPerson !== null) return { why: "person", againMs: ofPerson };
			const ofHost = hosts.room(host, requests);
			if (ofHost !== null) return { why: "host", againMs: ofHost };
			if (person !== null) people.add(person, 1);
			hosts.add(host, requests);
			return null;
		},
		begin: () => {
			if (open >= settings.open) return null;
			open += 1;
			let ended = false;
			return () => {
				if (!ended) open -= 1;
				ended = true;
			};
		},
	};
}

/** Amounts by key over a window. `room` is null when there is room, else the milliseconds until there is. */
function sliding(windowMs: number, most: number, now: () => number) {
	const taken = new Map<string, { at: number; amount: number }[]>();
	const recent = (key: string) => {
		const from = now() - windowMs;
		return (taken.get(key) ?? []).filter(({ at }) => at > from);
	};
	return {
		room: (key: string, amount: number): number | null => {
			const entries = recent(key);
			let sum = entries.reduce((all, one) => all + one.amount, 0);
			if (sum + amount <= most) return null;
			for (const one of entries) {
				sum -= one.amount;
				if (sum + amount <= most) return one.at + windowMs - now();
			}
			return windowMs;
		},
		add: (key: string, amount: number): void => {
			const entries = [...recent(key), { at: now(), amount }];
			taken.delete(key);
			taken.set(key, entries);
			for (const old of taken.keys()) {
				if (taken.size <= KEYS_MAX) break;
				taken.delete(old);
			}
		},
	};
}
