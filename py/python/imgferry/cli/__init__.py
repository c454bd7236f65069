"""The command line: ``imgferry COMMAND``. Results on stdout, progress and errors on stderr.

Exit codes: 0 all ready, 3 some failed, 4 all failed, 5 plan, parameters, keys or usage invalid (nothing was launched),
6 still running and resumable, 7 a launch is ambiguous and wants a person, 130 Ctrl-C.
"""

#: Each is a module of this package with ``add_arguments`` and ``run``; what it does stands here, so that the list of them
#: is shown without loading any.
COMMANDS = {
    "check": "check a plan; nothing is sent",
    "plan": "tell what is there already: present, missing, stale, in conflict, extra",
    "copy": "copy images to other regions",
    "export": "export images to object storage",
    "resume": "go on from a journal",
    "status": "tell how far a journal has come",
    "report": "what became of every destination, as text or as a page (--html)",
    "list": "show the runs that are kept",
    "watch": "follow a run until it ends",
    "bundle": "put all that is known of a run into one file, without keys",
    "replay": "tell the story of a bundle again, offline",
    "fleet": "put a plan into a database for workers, and tell what became of it",
    "worker": "carry out the fleets in a database",
    "doctor": "look at keys, clock, proxy, certificates and hosts; two harmless signed reads a cloud",
    "images": "list custom images, show one and where its copies are",
    "prune": "delete old images of a lineage, after telling which and asking",
    "permissions": "the rights that a plan needs, as a policy of each cloud",
    "schema": "the form of plans, reports or events as JSON Schema, for editors",
    "completion": "print the completion of a shell",
    "request": "build and sign the request of one operation; nothing is sent",
    "sign": "sign requests given as JSON lines on stdin",
    "verify": "verify signed requests given as JSON lines on stdin",
    "explain": "why a request, a copy or a signature was refused: a code, an answer, an exception, a curl line, HAR, a journal",
    "rules": "list the rules that are checked, each with an example that passes and one that fails",
    "regions": "list the regions known for a cloud",
    "sim": "serve the three clouds in a box on loopback",
    "demo": "three clouds, several regions each, against the built-in simulator",
}
#: Other names of commands.
ALIASES = {"policy": "permissions"}
#: What a shell reports of a program that Ctrl-C ended.
INTERRUPTED = 130
