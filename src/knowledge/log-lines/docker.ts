import type { Signature } from "./signature.ts";

/** Lines of Docker: how containers ended. */
export const docker: readonly Signature[] = [
	{
		id: "docker-137",
		server: "docker",
		looks: /Exited \(137\)|[Ee]xit(?:ed)?(?: with)? ?[Cc]ode\\?"?[:=]?\s{0,12}137(?!\d)/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		hostHealth: "restarted-or-oom",
		of: "host",
		meaning: "The container was killed (128 + 9): out of memory, or stopped by force",
		fix: "Check OOMKilled in docker inspect; compare the memory limit",
		source: "https://docs.docker.com/reference/cli/docker/container/run/#exit-status",
		example: '4c01db0b339c   shop:1  "node"    2 hours ago   Exited (137) 3 minutes ago   shop',
	},
	{
		id: "docker-died",
		server: "docker",
		looks: /Exited \((?:1|2|132|134|135|136|139)\)|\bexited with code (?:1|2|132|134|135|136|139)(?!\d)/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "The container ended by itself: an exception (1, 2) or a crash (134, 139)",
		fix: "Read its last lines: docker logs NAME",
		source: "https://docs.docker.com/reference/cli/docker/container/run/#exit-status",
		example: "web-1 exited with code 139",
	},
];
