import type { Signature } from "./signature.ts";

/** Lines of the Java virtual machine. */
export const java: readonly Signature[] = [
	{
		id: "jvm-oom",
		server: "java",
		looks: /java\.lang\.OutOfMemoryError/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "The heap is full",
		fix: "Raise the heap; find the leak; use -XX:+ExitOnOutOfMemoryError with a restart",
		source: "https://docs.oracle.com/en/java/javase/21/troubleshoot/troubleshooting-memory-leaks.html",
		example: 'Exception in thread "http-nio-8080-exec-7" java.lang.OutOfMemoryError: Java heap space',
	},
	{
		id: "jvm-crash",
		server: "java",
		looks: /A fatal error has been detected by the Java Runtime Environment/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "The virtual machine crashed",
		fix: "Read hs_err_pid*.log",
		source: "openjdk/jdk: src/hotspot/share/utilities/vmError.cpp",
		example: "# A fatal error has been detected by the Java Runtime Environment:",
	},
];
