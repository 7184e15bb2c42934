/** Turns in lanes within this process, as {@link Inbox.turn} gives them to what is kept. */
interface Lanes {
	/** Waits until everything that joined the lane before has left it; "full": there is no room. */
	turn(id: string, lane: string, max: number): Promise<"now" | "full">;
	/** It has ended: the next one in its lane goes on. */
	leave(id: string): void;
}

interface Place {
	readonly id: string;
	readonly go: () => void;
}

export function openLanes(): Lanes {
	const lanes = new Map<string, Place[]>();
	return {
		turn: async (id, lane, max) => {
			const places = lanes.get(lane) ?? [];
			if (places.length >= max) return "full";
			lanes.set(lane, places);
			await new Promise<void>((go) => {
				places.push({ id, go });
				places[0]?.go();
			});
			return "now";
		},
		leave: (id) => {
			for (const [lane, places] of lanes) {
				const at = places.findIndex((place) => place.id === id);
				if (at < 0) continue;
				places.splice(at, 1);
				if (places.length === 0) lanes.delete(lane);
				else places[0]?.go();
			}
		},
	};
}
