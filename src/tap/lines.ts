import { constants, write } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";

/** Somewhere that lines go, without anything waiting for it. */
export interface Lines {
	/** Whether the line was taken. */
	add(line: string): boolean;
	/** When everything that was taken is written, or cannot be. */
	written(): Promise<void>;
	/** How many that were taken are not written so far, or never will be. */
	readonly unwritten: number;
}

/** So much may wait to be written; what comes then is left out. */
const WAITING_MAX_BYTES = 32 * 1024 * 1024;
const AGAIN_MS = 20;

/** Lines to standard output or standard error: a reader that does not read never holds up anything else, nor the end of the process. */
export function linesTo(descriptor: 1 | 2): Lines {
	// Makes writing to a pipe return at once: a thread that waits in it could not be ended.
	void (descriptor === 1 ? process.stdout : process.stderr);
	return queued(
		(bytes) =>
			new Promise((done, failed) => {
				const from = (at: number): void =>
					write(descriptor, bytes, at, (error, count) => {
						if (error?.code === "EAGAIN") setTimeout(() => from(at), AGAIN_MS).unref();
						else if (error !== null) failed(error);
						else if (at + count < bytes.length) from(at + count);
						else done();
					});
				from(0);
			}),
		() => {},
	);
}

/** Written one after the other; the first failure ends it. */
function queued(writeOut: (bytes: Buffer) => Promise<void>, failed: () => void): Lines {
	let waiting = 0;
	let unwritten = 0;
	let broken = false;
	let last = Promise.resolve();
	return {
		add: (line) => {
			if (broken || waiting + line.length > WAITING_MAX_BYTES) return false;
			const bytes = Buffer.from(`${line}\n`);
			waiting += bytes.length;
			unwritten += 1;
			last = last.then(async () => {
				try {
					if (!broken) {
						await writeOut(bytes);
						unwritten -= 1;
					}
				} catch {
					if (!broken) failed();
					broken = true;
				}
				waiting -= bytes.length;
			});
			return true;
		},
		written: () => last,
		get unwritten() {
			return unwritten;
		},
	};
}

/** Who takes no line for so long has stopped reading. */
const STILL_MS_MAX = 2_000;
const FLUSH_MS_MAX = 30_000;

/** When everything is written, or nobody takes it any more. */
export async function flushed(all: readonly Lines[]): Promise<void> {
	let isOver = false;
	const written = Promise.all(all.map((one) => one.written())).then(() => {
		isOver = true;
	});
	const left = () => all.reduce((sum, { unwritten }) => sum + unwritten, 0);
	for (
		let turn = 0, before = Number.POSITIVE_INFINITY;
		!isOver && turn * STILL_MS_MAX < FLUSH_MS_MAX && left() < before;
		turn += 1
	) {
		before = left();
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<void>((resolve) => {
			timer = setTimeout(resolve, STILL_MS_MAX);
		});
		await Promise.race([written, late]);
		clearTimeout(timer);
	}
}

const FILE_MAX_BYTES = 100 * 1024 * 1024;
const COPY_BYTES = 1024 * 1024;

/** Lines to a file of our own. */
export interface LinesFile extends Lines {
	/** Older lines are gone. */
	readonly isCut: boolean;
	close(): Promise<void>;
	/** It was not needed. */
	remove(): Promise<void>;
}

/**
 * Lines to a new file that its owner alone reads, never through a link. At its largest size the older half goes.
 * @returns null when the file is there already, or cannot be made
 */
export async function linesToFile(name: string, failed: () => void, maxBytes = FILE_MAX_BYTES): Promise<LinesFile | null> {
	let file: FileHandle;
	try {
		const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
		file = await open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
	} catch {
		return null;
	}
	let size = 0;
	let isCut = false;
	const lines = queued(async (bytes) => {
		// The rest would go for it.
		if (bytes.length > maxBytes / 2) return;
		if (size + bytes.length > maxBytes) {
			size = await halve(file, size);
			isCut = true;
		}
		let at = 0;
		while (at < bytes.length) {
			const { bytesWritten } = await file.write(bytes, at, bytes.length - at, size + at);
			at += bytesWritten;
		}
		size += bytes.length;
	}, failed);
	const close = () => file.close().catch(() => {});
	return {
		...lines,
		get isCut() {
			return isCut;
		},
		close,
		remove: async () => {
			await close();
			await unlink(name).catch(() => {});
		},
	};
}

/** Keeps the lines of the newer half. Returns how much that is. */
async function halve(file: FileHandle, size: number): Promise<number> {
	const memory = Buffer.alloc(COPY_BYTES);
	let from = Math.floor(size / 2);
	let to = 0;
	let begun = false;
	while (from < size) {
		const { bytesRead } = await file.read(memory, 0, Math.min(memory.length, size - from), from);
		if (bytesRead === 0) break;
		from += bytesRead;
		const lf = begun ? -1 : memory.subarray(0, bytesRead).indexOf(10);
		if (!begun && lf < 0) continue;
		begun = true;
		const piece = memory.subarray(lf + 1, bytesRead);
		let at = 0;
		while (at < piece.length) at += (await file.write(piece, at, piece.length - at, to + at)).bytesWritten;
		to += piece.length;
	}
	await file.truncate(to);
	return to;
}
