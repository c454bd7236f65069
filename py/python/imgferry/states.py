"""How the states of a destination are told to people."""

#: Those whose names say little to who does not know the machine; the others are told as they are.
IN_WORDS = {"task": "copying", "image": "copying", "retried": "retrying", "inspecting": "looking", "finding": "looking"}
