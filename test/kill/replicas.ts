import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../servers/programs.ts";
import { type Bot, startBot } from "./bot.ts";

/** A replica's process, until it is killed. */
interface Incarnation {
	/** In the address of its calls. */
	readonly name: string;
	readonly bot: Bot;
	takenOver: number;
}

interface Replica {
	readonly name: string;
	readonly port: number;
	now: Incarnation;
	/** Killed and not connected again, or frozen. */
	isDown: boolean;
	/** When it went on after it was frozen, by `performance.now()`. */
	readonly thawedAt: number[];
}

/** The environment of a process, by its name. */
type Environment = (name: string) => Readonly<Record<string, string>>;

/** Several processes of one bot, which are ended and frozen. */
export class Replicas {
	kills = 0;
	freezes = 0;
	readonly #all: Replica[] = [];
	readonly #environment: Environment;
	readonly #onBroken: (line: string) => void;
	readonly #onLine: (line: string) => void;
	/** By processes that are gone. */
	#takenOver = 0;
	readonly #counting: NodeJS.Timeout;

	private constructor(environment: Environment, onBroken: (line: string) => void, onLine: (line: string) => void) {
		this.#environment = environment;
		this.#onBroken = onBroken;
		this.#onLine = onLine;
		this.#counting = setInterval(() => void this.#count(), COUNT_EVERY_MS);
	}

	/**
	 * @param environment of one, by a name that no other process of the run has
	 * @param onBroken gets log lines that must not be there
	 * @param onLine gets every log line
	 */
	static async start(
		count: number,
		environment: Environment,
		onBroken: (line: string) => void,
		onLine: (line: string) => void = () => {},
	): Promise<Replicas> {
		const replicas = new Replicas(environment, onBroken, onLine);
		for (let nth = 1; nth <= count; nth += 1) {
			const [name, port] = [`r${nth}`, await freePort()];
			replicas.#all.push({ name, port, now: replicas.#begin(`${name}-1`, port), isDown: false, thawedAt: [] });
		}
		await Promise.all(replicas.#all.map(({ now }) => now.bot.connected));
		return replicas;
	}

	/** Those that run and are connected. */
	get up(): number {
		return this.#all.filter(({ isDown }) => !isDown).length;
	}

	/** One that runs. @param chance from 0 to 1 */
	#one(chance: number): Replica {
		const up = this.#all.filter(({ isDown }) => !isDown);
		const one = up[Math.floor(chance * up.length)];
		if (one === undefined) throw new Error("every replica is down");
		return one;
	}

	/** Ends one (SIGKILL), and starts another in its place. Resolves when that is connected. */
	async kill(chance: number): Promise<void> {
		const one = this.#one(chance);
		one.isDown = true;
		this.kills += 1;
		one.now.bot.child.kill("SIGKILL");
		await one.now.bot.gone;
		this.#takenOver += one.now.takenOver;
		one.now = this.#begin(`${one.name}-${Number(one.now.name.split("-")[1]) + 1}`, one.port);
		await one.now.bot.connected;
		one.isDown = false;
	}

	/** Stops one for a while, and lets it go on. */
	async freeze(chance: number, ms: number): Promise<void> {
		const one = this.#one(chance);
		one.isDown = true;
		this.freezes += 1;
		one.now.bot.child.kill("SIGSTOP");
		await sleep(ms);
		one.thawedAt.push(performance.now());
		one.now.bot.child.kill("SIGCONT");
		one.isDown = false;
	}

	/** Whether a call at this time may have been under way when its process was frozen. */
	isLate(by: string | null, at: number): boolean {
		return this.#all.some(
			({ name, thawedAt }) =>
				by?.startsWith(`${name}-`) === true && thawedAt.some((thawed) => at >= thawed && at - thawed < UNDER_WAY_MS),
		);
	}

	/** How many questions they took over from one another, as far as their metrics could be read. */
	async takenOver(): Promise<number> {
		await this.#count();
		return this.#all.reduce((sum, { now }) => sum + now.takenOver, this.#takenOver);
	}

	/** Ends all of them: as at a stop, or at once. */
	async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
		clearInterval(this.#counting);
		for (const { now } of this.#all) {
			now.bot.child.kill("SIGCONT");
			now.bot.child.kill(signal);
		}
		await Promise.all(this.#all.map(({ now }) => now.bot.gone));
	}

	#begin(name: string, port: number): Incarnation {
		const bot = startBot(
			{ ...this.#environment(name), HOST: "127.0.0.1", PORT: String(port) },
			(line) => this.#onBroken(`${name}: ${line}`),
			(line) => this.#onLine(`${name} ${line}`),
		);
		return { name, bot, takenOver: 0 };
	}

	async #count(): Promise<void> {
		await Promise.all(
			this.#all.map(async ({ now, port, isDown }) => {
				if (isDown) return;
				try {
					const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(COUNT_EVERY_MS) });
					const lines = (await response.text()).matchAll(/^cf520_replica_taken_over_total(?:\{[^}]*\})? (\d+)/gm);
					now.takenOver = [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
				} catch {
					// It was ended, or frozen, meanwhile.
				}
			}),
		);
	}
}

const COUNT_EVERY_MS = 500;
/** A call that was under way when its process was frozen is over so long after. */
const UNDER_WAY_MS = 2_000;
