import { access, constants, type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";

/** The beginning of a report: cf520 is named within these bytes. */
const BEGINS = "<!doctype html>";
const MAKER = '<meta name="generator" content="cf520 ';
const READ_BYTES = 1_024;
const OWNER_ONLY = 0o600;

/** A FIFO is not waited for, and a link is not followed; where a system knows neither, the flags are 0. */
const CAREFULLY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const refusal = (file: string, why: string): string => `--html ${file}: ${why}`;

/** Why a file cannot be opened, by the system's code. */
const WHY: Readonly<Record<string, string>> = {
	ELOOP: "This is a link. Name the file itself.",
	EMLINK: "This is a link. Name the file itself.",
	ENOENT: "This folder does not exist. Create it first.",
	ENOTDIR: "This folder does not exist. Create it first.",
	EISDIR: "This is a folder. Name a file in it.",
	EACCES: "You may not write here. Choose another folder.",
	EPERM: "You may not write here. Choose another folder.",
	EROFS: "You may not write here. Choose another folder.",
	ENOSPC: "The disk is full. Choose another folder.",
};
const NOT_OURS = "This file is not a cf520 report. Choose another name, so that it is not overwritten.";

function whyOf(error: unknown): string {
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	return WHY[code] ?? `The file cannot be written (${code === "" ? "unknown error" : code}). Choose another name.`;
}

/** Whether it is empty or an earlier report, and has no other name (hard link). */
async function mayBeReplaced(handle: FileHandle): Promise<boolean> {
	const stat = await handle.stat();
	if (!stat.isFile() || stat.nlink > 1) return false;
	if (stat.size === 0) return true;
	const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
	const begin = buffer.toString("utf8", 0, bytesRead);
	return begin.startsWith(BEGINS) && begin.includes(MAKER);
}

/**
 * Whether a report could be written to this file, asked before anything is checked. Nothing is made or changed.
 * @returns null, or what to tell the person
 */
export async function whyNoReportFile(file: string): Promise<string | null> {
	let handle: FileHandle | undefined;
	try {
		handle = await open(file, constants.O_RDONLY | CAREFULLY);
		return (await mayBeReplaced(handle)) ? null : refusal(file, NOT_OURS);
	} catch (error) {
		const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
		if (!isMissing) return refusal(file, whyOf(error));
		return access(dirname(file), constants.W_OK).then(
			() => null,
			(why: unknown) => refusal(file, whyOf(why)),
		);
	} finally {
		await handle?.close();
	}
}

/**
 * Writes a report, for its owner's eyes only (mode 0600); replaces nothing but an earlier report, and follows no link.
 * @returns null, or what to tell the person
 */
export async function writeReportFile(file: string, page: string): Promise<string | null> {
	let handle: FileHandle | undefined;
	try {
		handle = await open(file, constants.O_RDWR | constants.O_CREAT | CAREFULLY, OWNER_ONLY);
		if (!(await mayBeReplaced(handle))) return refusal(file, NOT_OURS);
		await handle.chmod(OWNER_ONLY);
		await handle.truncate(0);
		await handle.writeFile(page);
		return null;
	} catch (error) {
		return refusal(file, whyOf(error));
	} finally {
		await handle?.close();
	}
}
